import Glibc
import Pipelines

/// Finds the files that nodes need and make.
enum NodeFiles {
  /// What fits a path or pattern from a folder on: absolute paths of files and directories, sorted.
  static func matches(_ pattern: String, in folder: String, isRecursive: Bool = false) -> [String] {
    let path = PipelinePath.joined(folder, pattern)
    if exists(path) { return [path] }
    var found: Set<String> = []
    if PipelinePath.isPattern(pattern) {
      var matches = glob_t()
      defer { globfree(&matches) }
      if glob(path, 0, nil, &matches) == 0 {
        for index in 0..<Int(matches.gl_pathc) {
          if let match = matches.gl_pathv[index] { found.insert(String(cString: match)) }
        }
      }
    }
    if isRecursive, !pattern.contains("/") {
      for file in files(below: folder) where PathPattern.matches(pattern, PipelinePath.name(file)) {
        found.insert(file)
      }
    }
    return found.sorted()
  }

  /// All files in a folder and those below, sorted; links to folders and hidden folders are not
  /// followed.
  static func files(below folder: String) -> [String] {
    var folders = [folder]
    var result: [String] = []
    while let next = folders.popLast() {
      guard let stream = opendir(next) else { continue }
      defer { closedir(stream) }
      while let entry = readdir(stream) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name == "." || name == ".." { continue }
        var status = stat()
        guard lstat("\(next)/\(name)", &status) == 0 else { continue }
        if status.st_mode & S_IFMT == S_IFDIR {
          if !name.hasPrefix(".") { folders.append("\(next)/\(name)") }
        } else {
          result.append("\(next)/\(name)")
        }
      }
    }
    return result.sorted()
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Makes a folder and those around it, for their owner only.
  static func makeDirectory(_ path: String) {
    var partial = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      partial += (partial.isEmpty || partial.hasSuffix("/") ? "" : "/") + part
      mkdir(partial, 0o700)
    }
  }
}

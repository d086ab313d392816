import Pipelines
import SystemSupport

/// Finds the files that nodes need and produce.
enum NodeFiles {
  /// The files and directories in a folder that match a path or pattern: absolute paths, sorted.
  static func matches(_ pattern: String, in folder: String, isRecursive: Bool = false) -> [String] {
    let path = PipelinePath.joined(folder, pattern)
    if FilePath.exists(path) { return [path] }
    var found: Set<String> = []
    if PipelinePath.isPattern(pattern) {
      found.formUnion(FilePath.matches(path))
    }
    if isRecursive, !pattern.contains("/") {
      for file in files(below: folder) where PathPattern.matches(pattern, PipelinePath.name(file)) {
        found.insert(file)
      }
    }
    return found.sorted()
  }

  /// All files in a folder and its subfolders, sorted, without following links to folders or
  /// entering hidden folders.
  static func files(below folder: String) -> [String] {
    var result: [String] = []
    FilePath.forEachFile(below: folder) { file in
      result.append(file)
      return true
    }
    return result.sorted()
  }
}

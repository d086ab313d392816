import Glibc

/// Functions for paths.
package enum FilePath {
  /// The path without symbolic links; nil if the file does not exist.
  package static func real(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// The file to which a path leads, which need not exist: the name at the end of all links, in a
  /// directory without links.
  package static func target(_ path: String) -> String {
    var path = path
    for _ in 0..<40 {
      if let real = real(path) { return real }
      let (directory, name) = parts(path)
      guard let next = linkTarget(path) else {
        guard let real = real(directory.isEmpty ? "/" : directory) else { return path }
        return real == "/" ? "/\(name)" : "\(real)/\(name)"
      }
      path = next.hasPrefix("/") ? next : "\(directory)/\(next)"
    }
    return path
  }

  /// The target of a symbolic link; nil if it is not a link.
  package static func linkTarget(_ path: String) -> String? {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = buffer.withUnsafeMutableBytes { bytes in
      bytes.withMemoryRebound(to: CChar.self) { buffer in
        buffer.baseAddress.map { readlink(path, $0, buffer.count) } ?? -1
      }
    }
    return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
  }

  /// Why a file that does not exist cannot be used: it is a link without its target, or not there.
  package static func missing(_ path: String) -> String {
    guard let target = linkTarget(path) else { return "there is no such file" }
    return "this is a link to '\(target)', which is not there"
  }

  /// The directory and the name of a path: "." for a name without a directory, "" for the root.
  package static func parts(_ path: String) -> (directory: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
    return (String(path[..<slash]), String(path[path.utf8.index(after: slash)...]))
  }

  /// The names in a directory, sorted; empty if it cannot be read.
  package static func names(in directory: String) -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// A hidden name beside a file, with links followed.
  package static func hidden(_ path: String, _ suffix: String) -> String {
    let (directory, name) = parts(target(path))
    // A long name must leave room for the suffix.
    let stem = String(decoding: Array(name.utf8).prefix(200), as: UTF8.self)
    return "\(directory)/.\(stem).\(suffix)"
  }

  /// The absolute path without resolving links; relative paths start from this program's directory.
  package static func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/"), let here = real(".") else { return path }
    return here == "/" ? "/" + path : "\(here)/\(path)"
  }

  /// An absolute path without `.`, `..` and doubled slashes, computed from its text.
  package static func normalized(_ path: String) -> String {
    let base = path.hasPrefix("/") ? "" : currentDirectory
    var kept: [Substring] = []
    for part in components("\(base)/\(path)") where part != "." {
      if part == ".." { _ = kept.popLast() } else { kept.append(part) }
    }
    return "/" + kept.joined(separator: "/")
  }

  /// The parts of a path between its slashes, as the system sees them: together with a combining
  /// character behind it a slash is another `Character`, but a slash all the same.
  ///
  /// - Parameter keepingEmpty: whether empty parts are kept, as between two slashes.
  package static func components(_ path: String, keepingEmpty: Bool = false) -> [Substring] {
    path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: !keepingEmpty)
      .map { Substring($0) }
  }

  /// Whether a path is that of a file below the folder that it is relative to: without empty parts,
  /// `.` and `..`.
  package static func isPlain(_ path: String) -> Bool {
    !path.utf8.contains(0)
      && components(path, keepingEmpty: true).allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
  }
}

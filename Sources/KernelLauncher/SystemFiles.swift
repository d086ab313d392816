import Processes
import SystemSupport

/// The few things this module does with files, by way of the system's own calls.
enum SystemFiles {
  /// The content of a file; nil when it cannot be read, or is larger than any such file can be.
  ///
  /// A pipe or a device that lies in its place does not hold this program up.
  static func read(_ path: String) -> [UInt8]? { try? fileContent(path, maximum: 16 << 20) }

  /// The text of a file; nil when it cannot be read.
  static func text(_ path: String) -> String? {
    read(path).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The directory that a path lies in.
  static func parent(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The last part of a path.
  static func name(_ path: String) -> String {
    path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
  }

  /// A file of that name that can be run, in the directories of a `PATH`; nil when there is none.
  static func executable(_ name: String, path: String) -> String? {
    for directory in path.split(separator: ":") {
      let candidate = "\(directory)/\(name)"
      if FilePath.isExecutable(candidate) { return candidate }
    }
    return nil
  }

  /// The environment of this process.
  static func environment() -> [String: String] { EnvironmentBlock.inherited.texts }
}

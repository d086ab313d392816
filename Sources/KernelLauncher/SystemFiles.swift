import Processes
import SystemSupport

/// The few file operations of this module, by system calls.
enum SystemFiles {
  /// Reads a file; nil if it cannot be read, or is larger than any such file can be.
  ///
  /// A pipe or a device at the path does not block.
  static func read(_ path: String) -> [UInt8]? { try? fileContent(path, maximum: 16 << 20) }

  /// Reads a file as text; nil if it cannot be read.
  static func text(_ path: String) -> String? {
    read(path).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The parent directory of a path.
  static func parent(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The last component of a path.
  static func name(_ path: String) -> String {
    path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
  }

  /// Finds an executable file by name in the directories of a `PATH`; nil if there is none.
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

import Glibc
package import SystemSupport

/// A file with a node's variables, which nothing else shows: no process list, no engine, no
/// description.
package enum EnvironmentFile {
  /// Creates a file, readable for this user only.
  ///
  /// - Throws: `SystemError`.
  package static func write(_ variables: [String: String], to path: String) throws(SystemError) {
    var bytes: [UInt8] = []
    for (name, value) in variables.sorted(by: { $0.key < $1.key }) {
      bytes += Array("\(name)=\(value)".utf8) + [0]
    }
    try createPrivateFile(path, [bytes[...]])
  }

  /// Reads a file and removes it; that it cannot be removed is no error.
  ///
  /// - Throws: `SystemError` if it cannot be read; `EINVAL` for an entry without a name.
  package static func take(_ path: String) throws(SystemError) -> [String: String] {
    let bytes = try fileContent(path)
    unlink(path)
    var variables: [String: String] = [:]
    for entry in bytes.split(separator: 0) {
      guard let equals = entry.firstIndex(of: UInt8(ascii: "=")), equals > entry.startIndex else {
        throw SystemError(EINVAL)
      }
      variables[String(decoding: entry[..<equals], as: UTF8.self)] = String(
        decoding: entry[(equals + 1)...], as: UTF8.self)
    }
    return variables
  }
}

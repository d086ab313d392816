import Glibc

extension FilePath {
  /// The folder for temporary files: `TMPDIR`, or else `/tmp`.
  package static var temporaryFolder: String {
    getenv("TMPDIR").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
  }

  /// Creates a folder that only this user can read, with a name that no other has.
  ///
  /// - Parameters:
  ///   - prefix: how its name begins.
  ///   - parent: the folder that it is created in.
  /// - Returns: its path.
  /// - Throws: ``SystemError``.
  package static func makeTemporaryFolder(
    _ prefix: String, in parent: String = FilePath.temporaryFolder
  ) throws(SystemError) -> String {
    var template = Array("\(parent == "/" ? "" : parent)/\(prefix)XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SystemError() }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

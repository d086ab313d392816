/// Ends the command with a code, after everything worth saying has been said.
struct ExitRequest: Error {
  var code: ExitCode
  /// What has been said; nil where that concerns nobody else.
  var told: String?
}

extension ExitCode {
  /// Ends the command with this code.
  ///
  /// - Throws: ``ExitRequest``, unless it is success.
  func end() throws(ExitRequest) {
    if self != .success { throw ExitRequest(code: self) }
  }
}

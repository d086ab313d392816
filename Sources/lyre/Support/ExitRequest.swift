/// Ends the command with an exit code, after all messages have been printed.
struct ExitRequest: Error {
  var code: ExitCode
  /// The message that was printed; nil if it does not concern programs.
  var message: String?
}

extension ExitCode {
  /// Ends the command with this code.
  ///
  /// - Throws: ``ExitRequest``, unless it is success.
  func end() throws(ExitRequest) {
    if self != .success { throw ExitRequest(code: self) }
  }
}

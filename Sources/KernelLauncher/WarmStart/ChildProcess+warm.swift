public import Processes

extension ChildProcess {
  /// Starts a kernel's process, by a fork of one that has already imported its modules if that
  /// gives the same result.
  ///
  /// - Parameters:
  ///   - command: the command to run.
  ///   - workingDirectory: the working directory; nil for this program's own.
  ///   - warmStarts: the processes to fork from; nil starts the kernel normally.
  ///   - beforeExec: called just before the process is started, on the thread that starts it.
  ///   - onOutput: receives the output of the process; an empty piece marks its end.
  /// - Returns: the running process.
  /// - Throws: `ProcessError`.
  public static func launch(
    _ command: ProcessCommand, workingDirectory: String? = nil, warmStarts: WarmStarts?,
    beforeExec: @escaping @Sendable () -> Void = {},
    onOutput: (@Sendable (OutputStream, [UInt8]) -> Void)? = nil
  ) async throws(ProcessError) -> ChildProcess {
    var source: Source?
    if let server = await warmStarts?.server(for: command) {
      source = { server.start(command, workingDirectory, onOutput) }
    }
    return try await launch(
      command, workingDirectory: workingDirectory, beforeExec: beforeExec, onOutput: onOutput,
      from: source)
  }
}

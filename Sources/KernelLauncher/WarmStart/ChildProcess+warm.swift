public import Processes

extension ChildProcess {
  /// Starts the process of a kernel, as a fork of one that has imported already what it needs where
  /// that is the same.
  ///
  /// - Parameters:
  ///   - command: what to run.
  ///   - workingDirectory: where; nil is this program's own directory.
  ///   - warmStarts: where such a process may come from; nil starts it in the usual way.
  ///   - beforeExec: done just before the process is started, on the thread that starts it.
  ///   - onOutput: gets what the process writes; an empty piece is the end of it.
  /// - Returns: the process, running.
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

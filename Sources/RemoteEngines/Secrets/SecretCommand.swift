import Processes
import Synchronization
import SystemSupport

/// Runs the command that prints a secret, such as `secret-tool lookup service kubeflow`.
enum SecretCommand {
  /// Why a command gave no secret.
  struct Failure: Error {
    /// What happened, without its output.
    var reason: String
  }

  /// The path of a program: itself if it has a slash, else on `PATH`; nil if there is none.
  static func path(of program: String, _ search: String?) -> String? {
    if program.contains("/") { return FilePath.isExecutable(program) ? program : nil }
    return (search ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
      .map { "\($0)/\(program)" }.first { $0.hasPrefix("/") && FilePath.isExecutable($0) }
  }

  /// Runs a command to its end.
  ///
  /// - Parameters:
  ///   - arguments: the path of its program, and its arguments.
  ///   - environment: its environment.
  ///   - limit: how long it may take.
  ///   - maximum: how many bytes it may write.
  /// - Returns: its standard output.
  /// - Throws: ``Failure``.
  static func output(
    of arguments: [String], _ environment: [String: String], limit: Duration, maximum: Int
  ) async throws(Failure) -> [UInt8] {
    let command = ProcessCommand(
      executable: arguments[0], arguments: arguments, environment: environment)
    let output = Mutex<[UInt8]>([])
    let (end, atEnd) = AsyncStream<Void>.makeStream()
    let process: ChildProcess
    do throws(ProcessError) {
      process = try await ChildProcess.launch(
        command,
        onOutput: { stream, bytes in
          // An empty piece is the end.
          guard !bytes.isEmpty else { return atEnd.finish() }
          guard stream == .standardOutput else { return }
          output.withLock { if $0.count <= maximum { $0 += bytes } }
        })
    } catch {
      throw Failure(reason: "\(error)")
    }
    guard let status = await status(of: process, limit) else {
      process.kill()
      throw Failure(reason: "it gave no answer for \(limit.components.seconds) seconds")
    }
    for await _ in end {}
    guard status == .exited(0) else {
      // Not what it wrote: a program that reports its steps may write the secret, too.
      throw Failure(reason: "it \(status); run it in a terminal to see why")
    }
    let bytes = output.withLock { $0 }
    guard bytes.count <= maximum else {
      throw Failure(reason: "it wrote more than \(maximum) bytes")
    }
    return bytes
  }

  private static func status(of process: ChildProcess, _ limit: Duration) async -> ExitStatus? {
    await withTaskGroup(of: ExitStatus?.self) { group in
      group.addTask { await process.waitForExit() }
      group.addTask {
        try? await Task.sleep(for: limit)
        return nil
      }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
  }
}

import Processes
import Synchronization

/// A program of an engine, such as `docker` or `sbatch`, that is run to its end.
struct ToolCommand: Sendable {
  /// What it answered.
  struct Answer: Sendable {
    /// How it ended.
    var status: ExitStatus
    /// Its standard output, at most ``ToolCommand/outputLimit`` bytes.
    var output: [UInt8] = []
    /// The end of its standard error.
    var errors = ""

    /// Whether it exited with code 0.
    var isSuccess: Bool { status == .exited(0) }

    /// Its standard output as text, without the last line feed.
    var text: String {
      let text = String(decoding: output, as: UTF8.self)
      return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    /// Why it failed, in one line: what it reported, or else its exit status.
    var reason: String { ToolCommand.reason(in: errors) ?? "it \(status)" }
  }

  /// A program could not be run, or did not end in time.
  struct Failure: Error {
    /// Why.
    var message: String
    /// Whether the node was stopped meanwhile.
    var isStop = false
  }

  /// How much of the output to keep.
  static let outputLimit = 8 << 20

  /// The path of the program.
  let program: String
  /// Its environment.
  let environment: [String: String]

  /// Runs it.
  ///
  /// - Parameters:
  ///   - arguments: its arguments.
  ///   - limit: the time limit; nil for none.
  ///   - control: ends it when the node is stopped; nil to let it end in any case.
  ///   - patience: how long it may go on after that.
  ///   - onErrors: called with pieces of its standard error as they arrive, on any thread.
  /// - Throws: ``Failure``; an exit code is an answer, not a failure.
  func run(
    _ arguments: [String], limit: Duration? = .seconds(60), control: NodeControl? = nil,
    patience: Duration = .zero, onErrors: (@Sendable ([UInt8]) -> Void)? = nil
  ) async throws(Failure) -> Answer {
    let output = Mutex<[UInt8]>([])
    let (endOfOutput, endsOutput) = AsyncStream<Void>.makeStream()
    let process: ChildProcess
    do throws(ProcessError) {
      process = try await ChildProcess.launch(
        ProcessCommand(
          executable: program, arguments: [program] + arguments, environment: environment),
        onOutput: { stream, bytes in
          if bytes.isEmpty { return endsOutput.finish() }
          if stream == .standardError {
            onErrors?(bytes)
          } else {
            output.withLock { output in
              output += bytes.prefix(max(0, ToolCommand.outputLimit - output.count))
            }
          }
        })
    } catch {
      throw Failure(message: "\(error)")
    }
    let status = try await end(of: process, limit, control, patience)
    for await _ in endOfOutput {}
    return Answer(
      status: status, output: output.withLock { $0 }, errors: process.standardErrorTail)
  }

  private enum Event {
    case ended(ExitStatus)
    case timeIsUp
    case stopped
  }

  private func end(
    of process: ChildProcess, _ limit: Duration?, _ control: NodeControl?, _ patience: Duration
  ) async throws(Failure) -> ExitStatus {
    let (events, continuation) = AsyncStream<Event>.makeStream()
    process.whenEnded { continuation.yield(.ended($0)) }
    control?.whenStopped { _ in continuation.yield(.stopped) }
    let result = await withTaskGroup(of: Void.self) { group -> Result<ExitStatus, Failure> in
      if let limit {
        group.addTask {
          if (try? await Task.sleep(for: limit)) != nil { continuation.yield(.timeIsUp) }
        }
      }
      defer { group.cancelAll() }
      var failure: Failure?
      var isWaiting = patience > .zero
      for await event in events {
        switch event {
        case .ended(let status): return failure.map { .failure($0) } ?? .success(status)
        case .timeIsUp:
          failure =
            failure
            ?? Failure(message: "it gave no answer for \(limit?.components.seconds ?? 0) seconds")
          process.kill()
        case .stopped where isWaiting:
          isWaiting = false
          group.addTask {
            if (try? await Task.sleep(for: patience)) != nil { continuation.yield(.stopped) }
          }
        case .stopped:
          failure = failure ?? Failure(message: "it was stopped", isStop: true)
          process.kill()
        }
      }
      // Cancelled: nobody waits for the answer any longer.
      process.kill()
      return .failure(Failure(message: "it was stopped", isStop: true))
    }
    return try result.get()
  }

  /// The line of an error output that says why the program failed: the last one that is not a hint
  /// about its help, without the program's own prefixes.
  static func reason(in errors: String) -> String? {
    let lines = errors.split { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
      .map { String($0.drop { $0 == " " || $0 == "\t" }) }
      .filter { line in
        !line.isEmpty && !line.hasPrefix("Run '") && !line.hasPrefix("See '")
          && !line.hasPrefix("WARNING:")
      }
    guard var line = lines.last else { return nil }
    var isShorter = true
    while isShorter {
      isShorter = false
      for prefix in ToolCommand.prefixes where line.hasPrefix(prefix) {
        line.removeFirst(prefix.count)
        isShorter = true
      }
    }
    return line.isEmpty ? nil : String(line.prefix(500))
  }

  private static let prefixes = [
    "docker: ", "Error response from daemon: ", "Error: ", "error: ", "sbatch: ", "scancel: ",
    "squeue: ", "scontrol: ", "slurm_load_jobs error: ",
  ]
}

import Glibc
import Processes
import Synchronization

/// The run of a script, in a process group of its own.
struct ScriptRun: Sendable {
  /// How it ended.
  enum Ending: Sendable, Hashable {
    case exited(ExitStatus)
    case timedOut
    case stopped
    case notStarted(String)
  }

  let command: ProcessCommand
  let workingDirectory: String
  /// The time limit.
  let limit: Duration?
  /// How long to wait for it to obey SIGTERM.
  var patience: Duration = .seconds(5)
  let control: NodeControl
  let log: NodeLog
  /// Called with complete lines, each with its line ending, on the process's threads; slow calls
  /// slow the script down, so that output does not accumulate.
  let onLines: @Sendable (_ isStandardError: Bool, _ lines: String) -> Void

  private enum Event {
    case ended(ExitStatus)
    case timeIsUp
    case stopped(Int32)
    case patienceIsOver
  }

  func run() async -> Ending {
    let lines = Mutex<[Bool: OutputLines]>([false: OutputLines(), true: OutputLines()])
    let (endOfOutput, endsOutput) = AsyncStream<Void>.makeStream()
    let process: ChildProcess
    do throws(ProcessError) {
      process = try await ChildProcess.launch(
        command, workingDirectory: workingDirectory,
        onOutput: { [log, onLines] stream, bytes in
          if bytes.isEmpty { return endsOutput.finish() }
          log.write(bytes)
          let isError = stream == .standardError
          let complete = lines.withLock { $0[isError]?.takeLines(bytes) ?? "" }
          if !complete.isEmpty { onLines(isError, complete) }
        })
    } catch {
      return .notStarted(error.description)
    }
    control.attach(process)
    let ending = await end(of: process)
    // All output is reported before the end.
    for await _ in endOfOutput {}
    for isError in [false, true] {
      if let rest = lines.withLock({ $0[isError]?.finish() }) { onLines(isError, rest + "\n") }
    }
    return ending
  }

  private func end(of process: ChildProcess) async -> Ending {
    let (events, continuation) = AsyncStream<Event>.makeStream()
    // Functions and no tasks: a task costs more than a short script does.
    process.whenEnded { continuation.yield(.ended($0)) }
    control.whenStopped { continuation.yield(.stopped($0)) }
    return await withTaskGroup(of: Void.self) { group in
      func wait(_ duration: Duration, then event: Event) {
        group.addTask {
          if (try? await Task.sleep(for: duration)) != nil { continuation.yield(event) }
        }
      }
      if let limit { wait(limit, then: .timeIsUp) }
      defer { group.cancelAll() }
      var reason: Ending?
      for await event in events {
        switch event {
        case .ended(let status): return reason ?? .exited(status)
        case .timeIsUp where reason == nil:
          reason = .timedOut
          process.terminate()
          wait(patience, then: .patienceIsOver)
        case .stopped(let signal) where reason == nil:
          reason = .stopped
          process.signal(signal)
          wait(patience, then: .patienceIsOver)
        case .patienceIsOver: process.kill()
        case .timeIsUp, .stopped: break
        }
      }
      // Cancelled: nobody waits for it any longer.
      process.kill()
      return reason ?? .exited(.exited(-1))
    }
  }
}

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
    case ended(ExitStatus?)
    case timeIsUp
    case stopped(Int32?)
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
    await withTaskGroup(of: Event.self) { group in
      group.addTask { .ended(await process.waitForExit()) }
      if let limit {
        group.addTask {
          try? await Task.sleep(for: limit)
          return .timeIsUp
        }
      }
      group.addTask { .stopped(await control.waitForStop()) }
      var reason: Ending?
      func escalate() {
        group.addTask {
          try? await Task.sleep(for: patience)
          return .patienceIsOver
        }
      }
      for await event in group {
        switch event {
        case .ended(let status):
          group.cancelAll()
          return reason ?? .exited(status ?? .exited(-1))
        case .timeIsUp where reason == nil:
          reason = .timedOut
          process.terminate()
          escalate()
        case .stopped(let signal?) where reason == nil:
          reason = .stopped
          process.signal(signal)
          escalate()
        case .patienceIsOver: process.kill()
        case .timeIsUp, .stopped: break
        }
      }
      return reason ?? .exited(.exited(-1))
    }
  }
}

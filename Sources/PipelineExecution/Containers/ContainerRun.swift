import Glibc
import Processes
import Synchronization
import SystemSupport

/// A container from its start to its end.
struct ContainerRun: Sendable {
  let engine: ContainerEngine
  let container: ContainerSpecification
  /// The node's time limit, which `lyre node` keeps itself.
  let limit: Duration?
  let control: NodeControl

  /// How long `lyre node` may take to save after a signal, and how much longer than the limit it may
  /// take altogether.
  static let patience = Duration.seconds(30)

  private enum Event {
    case ended(ExitStatus)
    case timeIsUp
    case stopped(Int32)
    case patienceIsOver
  }

  /// Runs the container, and removes it.
  func run() async -> ContainerEnding {
    let (endOfOutput, endsOutput) = AsyncStream<Void>.makeStream()
    var ending = ContainerEnding(
      engine: engine.name, image: container.image, exit: .exited(125), errors: "",
      resources: container.resources)
    let client: ChildProcess
    do throws(ProcessError) {
      client = try await ChildProcess.launch(
        ProcessCommand(
          executable: engine.command.program,
          arguments: [engine.command.program]
            + container.arguments(for: engine.kind, engine.facts),
          environment: engine.command.environment),
        onOutput: { _, bytes in if bytes.isEmpty { endsOutput.finish() } })
    } catch {
      ending.errors = "\(error)"
      return ending
    }
    await wait(for: client, &ending)
    for await _ in endOfOutput {}
    ending.errors = client.standardErrorTail
    // What is left is asked for and removed even if the run was stopped meanwhile.
    ending.facts =
      ending.exit == .exited(0)
      ? .ranWell(container.name) : await engine.containers([container.name]).first
    do throws(ContainerEngine.Problem) {
      try await engine.remove([container.name])
    } catch {
      // Its label says whose it is: a later run removes it.
      ending.errors += "\n\(error)"
    }
    return ending
  }

  private func wait(for client: ChildProcess, _ ending: inout ContainerEnding) async {
    let (events, continuation) = AsyncStream<Event>.makeStream()
    client.whenEnded { continuation.yield(.ended($0)) }
    control.whenStopped { continuation.yield(.stopped($0)) }
    control.whenKilled { continuation.yield(.patienceIsOver) }
    var (isStopped, isTimedOut) = (false, false)
    ending.exit = await withTaskGroup(of: Void.self) { group -> ExitStatus in
      func wait(_ duration: Duration, then event: Event) {
        group.addTask {
          if (try? await Task.sleep(for: duration)) != nil { continuation.yield(event) }
        }
      }
      if let limit { wait(limit + ContainerRun.patience, then: .timeIsUp) }
      defer { group.cancelAll() }
      for await event in events {
        switch event {
        case .ended(let status): return status
        case .stopped(let number):
          isStopped = true
          group.addTask { await signal(ExitStatus.shortName(of: number), client) }
          wait(ContainerRun.patience, then: .patienceIsOver)
        case .timeIsUp:
          isTimedOut = true
          group.addTask { await signal("TERM", client) }
          wait(ContainerRun.patience, then: .patienceIsOver)
        case .patienceIsOver:
          group.addTask { await signal("KILL", client) }
        }
      }
      client.kill()
      return .exited(-1)
    }
    ending.isStopped = isStopped
    ending.isTimedOut = isTimedOut
  }

  /// Sends a signal to the container; if there is none yet, or no engine any more, to the engine's
  /// program, which ends then.
  private func signal(_ name: String, _ client: ChildProcess) async {
    while client.exitStatus == nil, !Task.isCancelled {
      let answer = try? await engine.command.run(
        ["kill", "--signal", name, container.name], limit: .seconds(20))
      if answer?.isSuccess == true { return }
      if name == "KILL" { client.kill() } else { client.terminate() }
      try? await Task.sleep(for: .milliseconds(500))
    }
  }
}

extension ExitStatus {
  /// The name of a signal as programs take it: `TERM`.
  static func shortName(of signal: Int32) -> String {
    switch signal {
    case SIGHUP: "HUP"
    case SIGINT: "INT"
    case SIGQUIT: "QUIT"
    default: "TERM"
    }
  }
}

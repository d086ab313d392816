import Pipelines
import RunEvents

/// How a job ended, as Slurm tells it.
struct JobEnding: Sendable {
  /// The number of the job.
  var job: String
  /// Its last known state; nil if Slurm does not know the job any more.
  var state: JobState?
  /// What its script wrote: errors of a program that could not be started.
  var output = ""
  /// The program that it ran.
  var program: String
  /// The memory that it had, in bytes; nil for the scheduler's default.
  var memory: Int64?
  /// Whether the run was stopped.
  var isStopped = false

  /// The outcome of the node.
  ///
  /// - Parameter left: what `lyre node` left; nil if it left nothing.
  func outcome(_ left: NodeOutcome?) -> NodeOutcome {
    if isStopped, left.map({ $0.status == .interrupted }) ?? true {
      return left ?? NodeOutcome(status: .interrupted)
    }
    guard var outcome = left else {
      let (status, message) = ending
      var outcome = NodeOutcome(status: status, message: message, standardErrorTail: output)
      outcome.mayBeSuccess = mayBeSuccess
      return outcome
    }
    if outcome.status == .interrupted {
      // Somebody else has stopped it.
      (outcome.status, outcome.message) =
        state == nil
        ? (.failed, "it was stopped, and Slurm no longer knows why its job \(job) was") : ending
    } else if outcome.status == .kernelDied || outcome.status == .failed,
      state?.name == "OUT_OF_MEMORY"
    {
      outcome.message = outOfMemory
    }
    return outcome
  }

  /// Whether the node may have done its work, for all that Slurm knows.
  private var mayBeSuccess: Bool {
    guard let state, state.obstacle == nil else { return self.state == nil }
    if ["COMPLETED", "FAILED"].contains(state.name) {
      return state.signal == 0 && NodeExit(code: state.exitCode).mayBeSuccess
    }
    return !state.hasEnded
  }

  private var outOfMemory: String {
    let limit = memory.map { ": its limit is \(ContainerResources.text(bytes: $0))" } ?? ""
    return "ran out of memory\(limit) (memory_limit in the node's properties)"
  }

  private var ending: (NodeStatus, String) {
    guard let state else {
      return (
        .failed, "Slurm no longer knows its job \(job), and the job left no result; run it again"
      )
    }
    let place = state.machine.map { " on \($0)" } ?? ""
    switch state.name {
    case "TIMEOUT", "DEADLINE":
      return (.timedOut, "took longer than the time limit of its job \(job)")
    case "OUT_OF_MEMORY": return (.failed, outOfMemory)
    case "CANCELLED": return (.failed, "its job \(job) was cancelled by somebody else")
    case "PREEMPTED": return (.failed, "its job \(job) was stopped in favour of another one")
    case "NODE_FAIL", "BOOT_FAIL": return (.failed, "the machine of its job \(job) failed\(place)")
    default: break
    }
    if let obstacle = state.obstacle {
      return (.failed, "its job \(job) will never start: \(obstacle)")
    }
    let why = ToolCommand.reason(in: output).map { ": \($0)" } ?? ""
    if state.exitCode == 127 || state.exitCode == 126 {
      return (
        .failed,
        "its job \(job) could not run '\(program)'\(place)\(why). All machines of the cluster have "
          + "to see that file; name another one with --node-program"
      )
    }
    if state.signal == 0, let reason = NodeExit(code: state.exitCode).reason { return reason }
    let end =
      state.signal > 0
      ? "was ended by signal \(state.signal)" : "exited with code \(state.exitCode)"
    return (.failed, "its job \(job) \(end)\(place) and left no result\(why)")
  }
}

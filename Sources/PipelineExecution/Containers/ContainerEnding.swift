import Pipelines
import Processes
import RunEvents

/// How a container ended, as the engine tells it.
struct ContainerEnding: Sendable {
  /// The engine's name.
  var engine: String
  /// The image's name.
  var image: String
  /// How the engine's `run` ended.
  var exit: ExitStatus
  /// The end of its standard error: the engine's own errors, and those of a program that could not
  /// be started.
  var errors: String
  /// What the engine knows about the container; nil if it does not answer, or has none.
  var facts: ContainerFacts?
  /// The container's resources.
  var resources: ContainerResources
  /// Whether the node had begun to run.
  var hasBegun = false
  /// Whether the node was stopped.
  var isStopped = false
  /// Whether the node's time was up.
  var isTimedOut = false

  /// The outcome of the node.
  ///
  /// - Parameter left: what `lyre node` left; nil if it left nothing.
  func outcome(_ left: NodeOutcome?) -> NodeOutcome {
    guard var outcome = left else { return withoutResult }
    if outcome.status == .interrupted, !isStopped {
      // Somebody else has stopped it.
      outcome.status = isTimedOut ? .timedOut : .failed
      outcome.message =
        isTimedOut
        ? NodeExit.overdue
        : "its container was stopped by somebody else, or because \(engine) ended"
      return outcome
    }
    // The second is what a shell says about a program of its own.
    guard outcome.status == .kernelDied || outcome.status == .failed,
      let message = outcome.message, message.contains("SIGKILL") || message.contains("code 137")
    else { return outcome }
    if facts?.ranOutOfMemory == true {
      outcome.message = outOfMemory
    } else if let memory = resources.memory {
      // Not every engine says whether it was that.
      outcome.message =
        "\(message); its memory limit is \(ContainerResources.text(bytes: memory))"
    }
    return outcome
  }

  private var withoutResult: NodeOutcome {
    if isStopped { return NodeOutcome(status: .interrupted) }
    if isTimedOut { return NodeOutcome(status: .timedOut, message: NodeExit.overdue) }
    let exit = facts.flatMap { $0.hasEnded ? NodeExit(code: $0.exitCode) : nil }
    var outcome = NodeOutcome(
      status: exit?.reason?.status ?? .failed, message: message, standardErrorTail: errors)
    outcome.mayBeSuccess = exit?.mayBeSuccess ?? (facts?.status != "created")
    return outcome
  }

  private var outOfMemory: String {
    guard let memory = resources.memory else {
      return "ran out of memory: the machine had no more for its container"
    }
    return "ran out of memory: its limit is \(ContainerResources.text(bytes: memory)) "
      + "(memory_limit in the node's properties)"
  }

  private var message: String {
    let reason = ToolCommand.reason(in: errors)
    guard let facts else {
      let why = reason ?? "it \(exit)"
      return hasBegun
        ? "\(engine) no longer answers since the node ran: \(why). Its container may go on; "
          + "`lyre pipeline cleanup` removes it"
        : "\(engine) did not run its container: \(why)"
    }
    // Something in a container that ended well may have been killed for it, too.
    if facts.ranOutOfMemory, !facts.hasEnded || facts.exitCode != 0 { return outOfMemory }
    if facts.status == "running" || facts.status == "paused" {
      return "\(engine) no longer answered while the node ran: \(reason ?? "it \(exit)")"
    }
    if let problem = startProblem(facts.error.isEmpty ? reason ?? "" : facts.error) {
      return problem
    }
    switch facts.exitCode {
    case 137:
      return "its container was killed (SIGKILL): by somebody else, or because \(engine) ended"
    case 139: return "lyre crashed in its container, which is a bug of lyre (SIGSEGV)"
    default:
      return NodeExit(code: facts.exitCode).reason?.message
        ?? "its container ended with exit code \(facts.exitCode) and without a result"
        // What a node that ended well has said is no reason.
        + (facts.exitCode == 0 ? "" : reason.map { ": \($0)" } ?? "")
    }
  }

  /// Why the program did not start; nil if it did.
  private func startProblem(_ text: String) -> String? {
    let text = ToolCommand.reason(in: text) ?? text
    let lowercased = text.lowercased()
    if lowercased.contains("exec format error") {
      return "the image '\(image)' is for another processor than this lyre; name a lyre for that "
        + "processor with --node-program"
    }
    if lowercased.contains("bind source path does not exist") || lowercased.contains("statfs") {
      return "\(engine) does not see this machine's files (\(text)): containers need an engine of "
        + "this machine"
    }
    let isStart =
      lowercased.contains("oci runtime") || lowercased.contains("runc")
      || lowercased.contains("crun") || facts?.status == "created"
    return isStart ? "\(engine) could not start its container: \(text)" : nil
  }
}

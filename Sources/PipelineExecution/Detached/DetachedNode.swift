import RunEvents

/// What is known about a node of a run that Slurm has as a whole: a value without I/O.
struct DetachedNode: Sendable {
  /// What is to be done about a node.
  enum Judgement: Sendable, Hashable {
    /// It waits for others, or for the scheduler.
    case waits
    /// It runs; for so many seconds, if that is known.
    case runs(seconds: Int64?)
    /// Slurm has to be asked how its job ended.
    case asks
    /// It waits for something that will never be.
    case neverStarts(String)
    /// It ended without a doubt.
    case ended(NodeStatus, String?)
  }

  /// How it ended in its own words; nil if it has not said so.
  var left: NodeOutcome?
  /// Whether it has written anything.
  var hasStarted = false
  /// Its job in Slurm's list; nil if it is not there.
  var queued: QueuedJob?
  /// How the nodes ended that it needs; nil for one that has not ended.
  var parents: [(label: String, status: NodeStatus?, message: String?)] = []
  /// Whether the run was stopped.
  var isStopped = false

  /// What the result of the node and the nodes before it say; nil if Slurm has to be asked.
  var withoutSlurm: Judgement? {
    if left?.status == .succeeded { return .ended(.succeeded, nil) }
    guard !hasStarted else { return nil }
    for parent in parents {
      switch parent.status {
      case .blocked: return .ended(.blocked, parent.message)
      case .interrupted, .notRun: return .ended(.notRun, nil)
      case .some(let status) where status.isFailure:
        return .ended(.blocked, "it needs '\(parent.label)', which failed")
      default: break
      }
    }
    return nil
  }

  /// What Slurm's list says, where ``withoutSlurm`` says nothing.
  var inSlurm: Judgement {
    guard let queued, !queued.state.hasEnded else {
      return isStopped && !hasStarted ? .ended(.notRun, nil) : .asks
    }
    guard queued.state.isWaiting else { return .runs(seconds: queued.seconds) }
    // Slurm itself ends a job behind one that failed.
    guard let obstacle = queued.state.obstacle, obstacle != "DependencyNeverSatisfied" else {
      return .waits
    }
    return .neverStarts(obstacle)
  }
}

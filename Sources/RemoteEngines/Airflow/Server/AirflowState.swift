package import RunEvents

/// The state of a run of a DAG.
package enum AirflowRunState: String, Sendable, Hashable, CaseIterable {
  /// It will start.
  case queued
  /// It is running.
  case running
  /// It succeeded.
  case success
  /// It failed, or was stopped.
  case failed
  /// Not known: of a newer server.
  case unknown

  /// Reads a state.
  package init(name: String?) { self = name.flatMap { .init(rawValue: $0) } ?? .unknown }

  /// Whether it does not change any more, unless its tasks are cleared.
  package var isFinal: Bool { self == .success || self == .failed }
}

/// The state of a task in a run.
package enum AirflowTaskState: String, Sendable, Hashable, CaseIterable {
  /// It waits for others.
  case none
  /// It may run.
  case scheduled
  /// It waits for a worker.
  case queued
  /// It is running.
  case running
  /// It was stopped in order to run again.
  case restarting
  /// It failed, and will be tried again.
  case upForRetry = "up_for_retry"
  /// It will look again later.
  case upForReschedule = "up_for_reschedule"
  /// It waits for something without a worker.
  case deferred
  /// It succeeded.
  case success
  /// It failed, or was stopped.
  case failed
  /// A task that it depends on failed.
  case upstreamFailed = "upstream_failed"
  /// It was not run: by a branch, or because the run was stopped.
  case skipped
  /// The DAG does not have it any more.
  case removed
  /// Not known: of a newer server.
  case unknown

  /// Reads a state; a task that nobody has looked at yet has none.
  package init(name: String?) {
    self = name.map { .init(rawValue: $0) ?? .unknown } ?? .none
  }

  /// Whether it does not change any more, unless the task is cleared.
  package var isFinal: Bool {
    switch self {
    case .success, .failed, .upstreamFailed, .skipped, .removed: true
    default: false
    }
  }

  /// What a node with this state is in Lyre's events.
  package var status: NodeStatus {
    switch self {
    case .none, .scheduled, .queued, .upForRetry, .upForReschedule, .unknown: .waiting
    // At the end of the run, whoever follows it knows which node is to blame.
    case .upstreamFailed: .waiting
    case .running, .restarting, .deferred: .running
    case .success: .succeeded
    case .failed: .failed
    // The user selects nothing: the engine has not run it.
    case .skipped, .removed: .notRun
    }
  }
}

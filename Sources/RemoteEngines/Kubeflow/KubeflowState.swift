package import RunEvents

/// The state of a run or a task of Kubeflow Pipelines.
package enum KubeflowState: String, Sendable, Hashable, CaseIterable {
  /// It will start, or is waiting for resources.
  case pending = "PENDING"
  /// It is running.
  case running = "RUNNING"
  /// It succeeded.
  case succeeded = "SUCCEEDED"
  /// Its result is that of an earlier run.
  case cached = "CACHED"
  /// It was not run, because of a condition or of what failed before.
  case skipped = "SKIPPED"
  /// It failed.
  case failed = "FAILED"
  /// It is being stopped.
  case canceling = "CANCELING"
  /// It was stopped.
  case canceled = "CANCELED"
  /// It is paused.
  case paused = "PAUSED"
  /// Not known yet, or of a newer server.
  case unspecified = "RUNTIME_STATE_UNSPECIFIED"

  /// Reads a state; those of newer servers are unspecified.
  package init(name: String?) { self = name.flatMap { .init(rawValue: $0) } ?? .unspecified }

  /// Whether it does not change any more.
  package var isFinal: Bool {
    switch self {
    case .succeeded, .cached, .skipped, .failed, .canceled: true
    case .pending, .running, .canceling, .paused, .unspecified: false
    }
  }

  /// What a node with this state is in Lyre's events.
  package var status: NodeStatus {
    switch self {
    case .pending, .paused, .unspecified: .waiting
    case .running, .canceling: .running
    case .succeeded: .succeeded
    case .cached: .cached
    case .failed: .failed
    case .canceled: .interrupted
    // The engine does not run what is behind a failure, and the user selects nothing.
    case .skipped: .notRun
    }
  }
}

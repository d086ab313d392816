package import RunEvents

/// A run on an engine that schedules by itself.
package protocol EngineRun: Sendable {
  /// What the engine says about the run now.
  ///
  /// - Throws: ``EngineError``; `unreachable` and `timeLimit` if it may answer later.
  func state() async throws(EngineError) -> EngineRunState

  /// Lets the engine stop the run.
  ///
  /// - Returns: how it had ended before; nil if it is stopped now.
  /// - Throws: ``EngineError``.
  func stop() async throws(EngineError) -> EngineRunState.Status?

  /// Lets the engine run again what did not succeed.
  ///
  /// - Throws: ``EngineError``.
  func retry() async throws(EngineError)
}

/// What an engine says about a run.
package struct EngineRunState: Sendable, Hashable {
  /// How a run goes, or how it ended.
  package enum Status: String, Sendable, Hashable {
    /// It has not begun.
    case waiting
    /// It runs.
    case running
    /// It succeeded.
    case succeeded
    /// It failed.
    case failed
    /// It was stopped.
    case stopped

    /// Whether it does not change any more.
    package var isFinal: Bool { self != .waiting && self != .running }
  }

  /// What an engine says about a node.
  package struct Node: Sendable, Hashable {
    /// The name of its task.
    package var task: String
    /// Its status.
    package var status: NodeStatus
    /// When it was started, in nanoseconds since 1970-01-01 00:00 UTC; nil if that is unknown.
    package var started: Int64?
    /// When it ended; nil if that is unknown.
    package var ended: Int64?
    /// Why it failed; nil if the engine says nothing.
    package var message: String?
    /// Whether status and message are the last word: the engine knows what the node itself said, too.
    package var isConclusive: Bool

    /// Creates a value.
    package init(
      task: String, status: NodeStatus, started: Int64? = nil, ended: Int64? = nil,
      message: String? = nil, isConclusive: Bool = false
    ) {
      self.task = task
      self.status = status
      self.started = started
      self.ended = ended
      self.message = message
      self.isConclusive = isConclusive
    }
  }

  /// How it goes.
  package var status: Status
  /// When it began, in nanoseconds since 1970-01-01 00:00 UTC; nil if that is unknown.
  package var started: Int64?
  /// When it ended; nil if it has not.
  package var finished: Int64?
  /// Why it failed, if it is not about a node; nil if the engine says nothing.
  package var message: String?
  /// Its nodes, as far as the engine knows them.
  package var nodes: [Node]

  /// Creates a value.
  package init(
    status: Status, started: Int64? = nil, finished: Int64? = nil, message: String? = nil,
    nodes: [Node] = []
  ) {
    self.status = status
    self.started = started
    self.finished = finished
    self.message = message
    self.nodes = nodes
  }
}

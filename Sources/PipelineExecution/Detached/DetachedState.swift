package import RunEvents

/// How a run stands that Slurm has as a whole.
package struct DetachedState: Sendable, Hashable {
  /// A node.
  package struct Node: Sendable, Hashable {
    /// Its status: `waiting`, `running`, or how it ended.
    package var status: NodeStatus
    /// Why it did not succeed; nil if there is nothing to say.
    package var message: String?
    /// When it began, in nanoseconds since 1970-01-01 00:00 UTC; nil if that is not known.
    package var started: Int64?
    /// When it ended; nil if that is not known.
    package var ended: Int64?

    /// Whether it has ended.
    package var hasEnded: Bool { status != .waiting && status != .running }
  }

  /// The nodes, in the order of the run.
  package var nodes: [Node]
  /// Whether the run was stopped.
  package var isStopped: Bool

  /// Whether all nodes have ended.
  package var isOver: Bool { nodes.allSatisfy(\.hasEnded) }
}

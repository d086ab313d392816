public import NotebookExecution

/// How a node ended, or why it has not run.
public enum NodeStatus: String, Sendable, Hashable, CaseIterable {
  /// It has not begun.
  case waiting
  /// It runs.
  case running
  /// It did what it should.
  case succeeded
  /// It was not run, for nothing has changed since it succeeded.
  case cached
  /// A cell or the script failed, or an input or output was missing.
  case failed
  /// Its time ran out.
  case timedOut = "timed_out"
  /// Its kernel died.
  case kernelDied = "kernel_died"
  /// There is no such kernel, or it did not start.
  case kernelNotStarted = "kernel_not_started"
  /// Its result could not be written.
  case notWritten = "not_written"
  /// The run was stopped while it ran.
  case interrupted
  /// A node that it needs failed.
  case blocked
  /// It was not to be run.
  case skipped
  /// The run ended before it.
  case notRun = "not_run"

  /// Whether it ran and did not do what it should.
  public var isFailure: Bool {
    switch self {
    case .failed, .timedOut, .kernelDied, .kernelNotStarted, .notWritten: true
    default: false
    }
  }

  /// Whether what the node makes is there.
  public var isDone: Bool { self == .succeeded || self == .cached }
}

/// What became of a node.
public struct NodeResult: Sendable {
  /// Its place in the pipeline's graph, from 0.
  public var place: Int
  /// Its id in the pipeline's file.
  public var id: String
  /// What people call it.
  public var label: String
  /// The notebook or script, from the pipeline's folder on.
  public var file: String?
  /// How it ended.
  public var status: NodeStatus = .waiting
  /// Why it ended so; nil where that goes without saying.
  public var message: String?
  /// Why it ran, where runs before were looked at.
  public var reason: String?
  /// How often it was started.
  public var attempts = 0
  /// When it was first started, in nanoseconds since 1970-01-01 00:00 UTC; nil when it was not.
  public var started: Int64?
  /// How long it took with all attempts.
  public var duration: Duration = .zero
  /// The cells of a notebook.
  public var cells: [CellResult] = []
  /// The file that has everything it wrote; nil when there is none.
  public var log: String?
  /// The last lines that a script wrote to standard error, where it failed.
  public var standardErrorTail: String = ""
  /// The run of the pipeline whose result is used, of a node that was not run.
  public var cachedRun: Int64?
  /// The notebook that was run; nil for scripts, and where no cell was begun.
  public var executed: ExecutedNotebook?

  init(place: Int, id: String, label: String, file: String?) {
    self.place = place
    self.id = id
    self.label = label
    self.file = file
  }
}

/// What became of a pipeline's run.
public struct PipelineResult: Sendable {
  /// Its number among all runs; nil when no record is kept.
  public var run: Int64?
  /// What it is called: the value of `ELYRA_RUN_NAME`.
  public var name: String
  /// When it began, in nanoseconds since 1970-01-01 00:00 UTC.
  public var started: Int64
  /// How long it took.
  public var duration: Duration
  /// What became of each node, parents first.
  public var nodes: [NodeResult]
  /// The signal that it was stopped by; nil when it was not.
  public var stopSignal: Int32?
  /// The longest chain of nodes that had to wait for each other, by the time that they took.
  public var criticalPath: [Int]
  /// What the record says became of it, of a run that is read from there: also `running` and
  /// `killed`.
  public var recordedStatus: String?

  /// Whether everything that was to be run has run.
  public var isSuccess: Bool {
    stopSignal == nil && nodes.allSatisfy { $0.status.isDone || $0.status == .skipped }
  }

  /// How long all nodes took together.
  public var totalDuration: Duration { nodes.reduce(.zero) { $0 + $1.duration } }

  /// How long the nodes of the critical path took together.
  public var criticalDuration: Duration {
    criticalPath.reduce(.zero) { $0 + nodes[$1].duration }
  }

  /// How many nodes have a status.
  public func count(_ status: NodeStatus) -> Int { nodes.count { $0.status == status } }
}

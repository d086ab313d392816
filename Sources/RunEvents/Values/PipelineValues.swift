/// What is known of a pipeline's run when it begins.
public struct PipelineStart: Sendable, Hashable {
  /// What the run is called: the value of `ELYRA_RUN_NAME`.
  public var name: String
  /// The nodes, parents first.
  public var nodes: [Node]

  /// A node.
  public struct Node: Sendable, Hashable {
    /// Its id in the pipeline's file.
    public var id: String
    /// What people call it.
    public var label: String
    /// The notebook or script, from the pipeline's folder on.
    public var file: String?
    /// Whether it is not to be run.
    public var isSkipped: Bool
    /// The places of the nodes that it needs.
    public var parents: [Int]

    /// A node.
    public init(
      id: String, label: String, file: String?, isSkipped: Bool = false, parents: [Int] = []
    ) {
      self.id = id
      self.label = label
      self.file = file
      self.isSkipped = isSkipped
      self.parents = parents
    }
  }

  /// A beginning.
  public init(name: String, nodes: [Node]) {
    self.name = name
    self.nodes = nodes
  }

  /// The nodes as results, none of which has run.
  public var results: [NodeResult] {
    nodes.enumerated().map { place, node in
      var result = NodeResult(place: place, id: node.id, label: node.label, file: node.file)
      if node.isSkipped { result.status = .skipped }
      return result
    }
  }
}

/// How a pipeline's run ended; the results of its nodes are in the events of the nodes.
public struct PipelineEnd: Sendable, Hashable {
  /// `succeeded`, `failed` or `interrupted`.
  public var status: String
  /// How many nodes have each status.
  public var counts: [NodeStatus: Int]
  /// How long it took.
  public var duration: Duration
  /// The signal that it was stopped by; nil when it was not.
  public var stopSignal: Int32?
  /// The longest chain of nodes that had to wait for each other, by the time that they took.
  public var criticalPath: [Int]

  /// An end.
  public init(
    status: String, counts: [NodeStatus: Int], duration: Duration, stopSignal: Int32? = nil,
    criticalPath: [Int] = []
  ) {
    self.status = status
    self.counts = counts
    self.duration = duration
    self.stopSignal = stopSignal
    self.criticalPath = criticalPath
  }
}

/// How far the comparison of a node's files with those of earlier runs is.
public struct FileComparison: Sendable, Hashable {
  /// How many files were read.
  public var files: Int
  /// How many bytes were read.
  public var bytes: Int64
  /// The file that is read now.
  public var path: String

  /// A comparison that begins.
  public init(files: Int = 0, bytes: Int64 = 0, path: String = "") {
    self.files = files
    self.bytes = bytes
    self.path = path
  }
}

/// The result of a pipeline's run.
public struct PipelineResult: Sendable, Hashable {
  /// Its number among all runs; nil when no record is kept.
  public var run: Int64?
  /// What it is called: the value of `ELYRA_RUN_NAME`.
  public var name: String
  /// When it began, in nanoseconds since 1970-01-01 00:00 UTC.
  public var started: Int64
  /// How long it took.
  public var duration: Duration
  /// The result of each node, parents first.
  public var nodes: [NodeResult]
  /// The signal that it was stopped by; nil when it was not.
  public var stopSignal: Int32?
  /// The longest chain of nodes that had to wait for each other, by the time that they took.
  public var criticalPath: [Int]
  /// What the record says became of it, of a run that is read from there: also `running` and
  /// `killed`.
  public var recordedStatus: String?

  /// A result.
  public init(
    run: Int64?, name: String, started: Int64, duration: Duration, nodes: [NodeResult],
    stopSignal: Int32? = nil, criticalPath: [Int] = [], recordedStatus: String? = nil
  ) {
    self.run = run
    self.name = name
    self.started = started
    self.duration = duration
    self.nodes = nodes
    self.stopSignal = stopSignal
    self.criticalPath = criticalPath
    self.recordedStatus = recordedStatus
  }

  /// Whether everything that was to be run has run.
  public var isSuccess: Bool {
    stopSignal == nil && nodes.allSatisfy { $0.status.isDone || $0.status == .skipped }
  }

  /// `succeeded`, `failed` or `interrupted`; of a run of the record what that says.
  public var status: String {
    recordedStatus ?? (stopSignal != nil ? "interrupted" : isSuccess ? "succeeded" : "failed")
  }

  /// How long all nodes took together.
  public var totalDuration: Duration { nodes.reduce(.zero) { $0 + $1.duration } }

  /// How long the nodes of the critical path took together.
  public var criticalDuration: Duration {
    criticalPath.reduce(.zero) { $0 + (nodes.indices.contains($1) ? nodes[$1].duration : .zero) }
  }

  /// How many nodes have a status.
  public func count(_ status: NodeStatus) -> Int { nodes.count { $0.status == status } }

  /// The end as an event tells it.
  public var end: PipelineEnd {
    PipelineEnd(
      status: status, counts: nodes.reduce(into: [:]) { $0[$1.status, default: 0] += 1 },
      duration: duration, stopSignal: stopSignal, criticalPath: criticalPath)
  }
}

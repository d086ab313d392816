/// The data about a pipeline's run at its start.
public struct PipelineStart: Sendable, Hashable {
  /// The name of the run: the value of `ELYRA_RUN_NAME`.
  public var name: String
  /// The nodes, parents first.
  public var nodes: [Node]
  /// How many nodes may run at once; nil if unknown.
  public var jobs: Int?
  /// Whether nodes that do not depend on a failed one still start; nil if unknown.
  public var keepsGoing: Bool?

  /// A node.
  public struct Node: Sendable, Hashable {
    /// Its id in the pipeline's file.
    public var id: String
    /// Its label.
    public var label: String
    /// The path of the notebook or script, relative to the pipeline's folder.
    public var file: String?
    /// Whether it is not selected.
    public var isSkipped: Bool
    /// The places of the nodes that it depends on.
    public var parents: [Int]
    /// How long it usually takes: the median of its latest successful runs; nil if there are none.
    public var usualDuration: Duration?

    /// Creates a node.
    public init(
      id: String, label: String, file: String?, isSkipped: Bool = false, parents: [Int] = [],
      usualDuration: Duration? = nil
    ) {
      self.id = id
      self.label = label
      self.file = file
      self.isSkipped = isSkipped
      self.parents = parents
      self.usualDuration = usualDuration
    }
  }

  /// Creates a value from its parts.
  public init(name: String, nodes: [Node], jobs: Int? = nil, keepsGoing: Bool? = nil) {
    self.name = name
    self.nodes = nodes
    self.jobs = jobs
    self.keepsGoing = keepsGoing
  }

  /// The results of the nodes before any has run.
  public var results: [NodeResult] {
    nodes.enumerated().map { place, node in
      var result = NodeResult(place: place, id: node.id, label: node.label, file: node.file)
      if node.isSkipped { result.status = .skipped }
      return result
    }
  }
}

/// How a pipeline's run ended; the events of its nodes contain their results.
public struct PipelineEnd: Sendable, Hashable {
  /// `succeeded`, `failed` or `interrupted`.
  public var status: String
  /// The number of nodes with each status.
  public var counts: [NodeStatus: Int]
  /// How long it took.
  public var duration: Duration
  /// The signal that stopped it; nil if it was not stopped.
  public var stopSignal: Int32?
  /// The chain of dependent nodes with the longest total duration.
  public var criticalPath: [Int]

  /// Creates a value from its parts.
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

/// The progress of comparing a node's files with those of earlier runs.
public struct FileComparison: Sendable, Hashable {
  /// The number of files read.
  public var files: Int
  /// The number of bytes read.
  public var bytes: Int64
  /// The file being read.
  public var path: String

  /// Creates the progress of a comparison.
  public init(files: Int = 0, bytes: Int64 = 0, path: String = "") {
    self.files = files
    self.bytes = bytes
    self.path = path
  }
}

/// The result of a pipeline's run.
public struct PipelineResult: Sendable, Hashable {
  /// Its number among all runs; nil if it is not recorded.
  public var run: Int64?
  /// The name of the run: the value of `ELYRA_RUN_NAME`.
  public var name: String
  /// When it began, in nanoseconds since 1970-01-01 00:00 UTC.
  public var started: Int64
  /// How long it took.
  public var duration: Duration
  /// The result of each node, parents first.
  public var nodes: [NodeResult]
  /// The signal that stopped it; nil if it was not stopped.
  public var stopSignal: Int32?
  /// The chain of dependent nodes with the longest total duration.
  public var criticalPath: [Int]
  /// The status in the record, for a run read from there: also `running` and `killed`.
  public var recordedStatus: String?

  /// Creates a result.
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

  /// Whether all selected nodes succeeded.
  public var isSuccess: Bool {
    stopSignal == nil && nodes.allSatisfy { $0.status.isDone || $0.status == .skipped }
  }

  /// `succeeded`, `failed` or `interrupted`; for a recorded run, the status in the record.
  public var status: String {
    recordedStatus ?? (stopSignal != nil ? "interrupted" : isSuccess ? "succeeded" : "failed")
  }

  /// The total duration of all nodes.
  public var totalDuration: Duration { nodes.reduce(.zero) { $0 + $1.duration } }

  /// The total duration of the nodes of the critical path.
  public var criticalDuration: Duration {
    criticalPath.reduce(.zero) { $0 + (nodes.indices.contains($1) ? nodes[$1].duration : .zero) }
  }

  /// The number of nodes with a status.
  public func count(_ status: NodeStatus) -> Int { nodes.count { $0.status == status } }

  /// The result as the value of an event.
  public var end: PipelineEnd {
    PipelineEnd(
      status: status, counts: nodes.reduce(into: [:]) { $0[$1.status, default: 0] += 1 },
      duration: duration, stopSignal: stopSignal, criticalPath: criticalPath)
  }
}

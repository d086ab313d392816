/// A run in the record.
public struct RecordedRun: Sendable {
  /// Its number.
  public var id: Int64
  /// The real path of the pipeline's file.
  public var pipeline: String
  /// The name of the run.
  public var name: String
  /// When it began, in nanoseconds since 1970-01-01 00:00 UTC.
  public var started: Int64
  /// How long it took; nil while it runs, and if it was killed.
  public var duration: Duration?
  /// `running`, `succeeded`, `failed`, `interrupted` or `killed`.
  public var status: String
  /// The number of nodes by status name.
  public var counts: [String: Int]
  /// The number of nodes that were running when the program was killed.
  public var killedCount: Int
  /// The name of the recorded pipeline, for ``PipelineHistory/content(_:)``.
  package var plan: String?
}

/// A node of a run in the record.
public struct RecordedNode: Sendable {
  /// Its place in the pipeline's graph, from 0.
  public var place: Int
  /// Its id.
  public var id: String
  /// Its label.
  public var label: String
  /// The notebook or script.
  public var file: String?
  /// The name of its status, or `killed` if the program was killed during the node.
  public var status: String
  /// An explanation of the status.
  public var message: String?
  /// Why it ran.
  public var reason: String?
  /// How long it took.
  public var duration: Duration?
  /// The log file with its complete output.
  public var log: String?
  /// The run whose result was used instead.
  public var cachedRun: Int64?
  /// The number of attempts.
  public var attempts: Int
  /// When the first attempt started, in nanoseconds since 1970-01-01 00:00 UTC; nil if none did.
  public var started: Int64?
  /// The name of the executed notebook, for ``PipelineHistory/content(_:)``; nil if there is none.
  public var executed: String?
  /// The results of a notebook's cells in JSON; nil for none.
  package var cellTexts: String?
  /// The last lines that it wrote to standard error, if it failed.
  public var standardErrorTail: String
}

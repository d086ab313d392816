/// A run as the record has it.
public struct RecordedRun: Sendable {
  /// Its number.
  public var id: Int64
  /// The pipeline's file.
  public var pipeline: String
  /// What the run was called.
  public var name: String
  /// When it began, in nanoseconds since 1970-01-01 00:00 UTC.
  public var started: Int64
  /// How long it took; nil while it runs, and when it was killed.
  public var duration: Duration?
  /// `running`, `succeeded`, `failed`, `interrupted` or `killed`.
  public var status: String
  /// How many nodes ended how, by the name of the status.
  public var counts: [String: Int]
  /// How many nodes ran when the whole program was killed.
  public var killedCount: Int
  /// What the pipeline was, for ``PipelineHistory/content(_:)``.
  package var plan: String?
}

/// A node of a run as the record has it.
public struct RecordedNode: Sendable {
  /// Its place in the pipeline's graph, from 0.
  public var place: Int
  /// Its id.
  public var id: String
  /// What people call it.
  public var label: String
  /// The notebook or script.
  public var file: String?
  /// The name of how it ended, or `killed` with the whole program.
  public var status: String
  /// Why it ended so.
  public var message: String?
  /// Why it ran.
  public var reason: String?
  /// How long it took.
  public var duration: Duration?
  /// The file with everything that it wrote.
  public var log: String?
  /// The run whose result was used instead.
  public var cachedRun: Int64?
  /// How often it was started.
  public var attempts: Int
  /// When it was first started, in nanoseconds since 1970-01-01 00:00 UTC; nil when it was not.
  public var started: Int64?
  /// The notebook that was run, for ``PipelineHistory/content(_:)``; nil when there is none.
  public var executed: String?
  /// What became of the cells of a notebook, in JSON; nil for none.
  package var cellTexts: String?
  /// The last lines that it wrote to standard error, where it failed.
  public var standardErrorTail: String
}

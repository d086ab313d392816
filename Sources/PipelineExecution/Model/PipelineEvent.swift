public import NotebookExecution
public import RunRecord

/// Something that happened while a pipeline ran.
public struct PipelineEvent: Sendable {
  /// When, in nanoseconds since 1970-01-01 00:00 UTC.
  public var time: Int64
  /// What.
  public var kind: Kind

  /// What happened; nodes are told by their place in the graph.
  public enum Kind: Sendable {
    /// The run begins.
    case runStarted(name: String, run: Int64?, nodes: [NodeResult])
    /// The files of a node are compared with those of earlier runs, which takes long.
    case nodeComparing(Int, HashingProgress)
    /// A node begins; attempts count from 1.
    case nodeStarted(Int, attempt: Int, reason: String?)
    /// A script wrote lines: whole ones, each with its end.
    case lines(Int, isStandardError: Bool, String)
    /// Something happened in the run of a notebook.
    case notebook(Int, RunEvent)
    /// An attempt failed, and there will be another one.
    case nodeFailedOnce(NodeResult, nextIn: Duration)
    /// A node is done.
    case nodeFinished(NodeResult)
    /// Something is not as it should be, and the run goes on.
    case warning(String, node: Int?)
    /// The run is over.
    case runFinished(PipelineResult)
  }
}

/// The subject of an event: a run, and in it a node and a notebook.
///
/// The kinds of events about cells identify the cell by its place.
public struct RunSubject: Sendable, Hashable {
  /// The run: a notebook's own, or the pipeline's; nil if the run is not recorded.
  public var run: RunID?
  /// The pipeline's file, as the user named it; nil for a notebook that runs by itself.
  public var pipeline: String?
  /// The node of the pipeline; nil for events about the whole run.
  public var node: NodeIdentity?
  /// The notebook, as named on the command line or in the pipeline; nil for other events.
  public var notebook: String?

  /// Creates a subject.
  public init(
    run: RunID? = nil, pipeline: String? = nil, node: NodeIdentity? = nil, notebook: String? = nil
  ) {
    self.run = run
    self.pipeline = pipeline
    self.node = node
    self.notebook = notebook
  }
}

/// Identifies a run: a name for a notebook's own run, a number in the record for a pipeline's.
public enum RunID: Sendable, Hashable {
  /// A unique name.
  case name(String)
  /// A number in a record of runs.
  case number(Int64)
}

/// Identifies a node of a pipeline, and an attempt to run it.
public struct NodeIdentity: Sendable, Hashable {
  /// Its place in the pipeline's graph, from 0; parents come first.
  public var place: Int
  /// Its id in the pipeline's file.
  public var id: String
  /// Its label.
  public var label: String
  /// The attempt, from 1; nil for events that are not about one attempt.
  public var attempt: Int?

  /// Creates an identity.
  public init(place: Int, id: String, label: String, attempt: Int? = nil) {
    self.place = place
    self.id = id
    self.label = label
    self.attempt = attempt
  }
}

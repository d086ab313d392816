/// What an event is about: a run, and in it a node and a notebook.
///
/// Cells are told by their place in the kinds of events that are about them.
public struct RunSubject: Sendable, Hashable {
  /// The run: a notebook's own, or the pipeline's; nil where none is recorded.
  public var run: RunID?
  /// The file of the pipeline, as it was named; nil for a notebook that is run by itself.
  public var pipeline: String?
  /// The node of the pipeline; nil for events about the whole run.
  public var node: NodeIdentity?
  /// The notebook, as it was named on the command line or in the pipeline; nil for other events.
  public var notebook: String?

  /// A subject.
  public init(
    run: RunID? = nil, pipeline: String? = nil, node: NodeIdentity? = nil, notebook: String? = nil
  ) {
    self.run = run
    self.pipeline = pipeline
    self.node = node
    self.notebook = notebook
  }
}

/// Which run: a name for a notebook's own run, a number in the record for a pipeline's.
public enum RunID: Sendable, Hashable {
  /// A name that no other run has.
  case name(String)
  /// A number in a record of runs.
  case number(Int64)
}

/// A node of a pipeline, and which attempt to run it.
public struct NodeIdentity: Sendable, Hashable {
  /// Its place in the pipeline's graph, from 0; parents come first.
  public var place: Int
  /// Its id in the pipeline's file.
  public var id: String
  /// What people call it.
  public var label: String
  /// The attempt, from 1; nil for events that are not about one attempt.
  public var attempt: Int?

  /// A node.
  public init(place: Int, id: String, label: String, attempt: Int? = nil) {
    self.place = place
    self.id = id
    self.label = label
    self.attempt = attempt
  }
}

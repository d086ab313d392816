import GRDB

/// What the record knows of a pipeline's nodes from earlier runs.
package struct RecordedPast: Sendable {
  /// The last time that a node ran.
  package struct Node: Sendable {
    /// The run.
    package var run: Int64
    /// The name of how it ended.
    package var status: String
    /// What went in.
    package var inputs: NodeInputs
    /// What it made.
    package var outputs: NodeInputs
    /// What tells its result apart from others.
    package var token: String
    /// In seconds.
    package var duration: Double
    /// In nanoseconds since 1970-01-01 00:00 UTC.
    package var started: Int64?
    /// The notebook that was run, in the record.
    package var executed: String?
  }

  /// What the last run left of a node.
  package struct Last: Sendable {
    /// The name of how it ended.
    package var status: String
    /// The last run.
    package var run: Int64
  }

  /// By the node's id.
  package var nodes: [String: Node] = [:]
  /// By the node's id.
  package var last: [String: Last] = [:]

  /// Nothing ran yet.
  package init() {}

  /// The names of statuses of nodes that have not run.
  static let notRun = "('cached', 'blocked', 'skipped', 'not_run', 'waiting', 'running')"

  init(of pipeline: String, _ database: Database) throws {
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT nodes.*, MAX(nodes.run) FROM nodes JOIN runs ON runs.id = nodes.run
        WHERE runs.pipeline = ? AND nodes.status NOT IN \(RecordedPast.notRun)
        GROUP BY nodes.node
        """, arguments: [pipeline])
    while let row = try rows.next() {
      nodes[row["node"]] = Node(
        run: row["run"], status: row["status"], inputs: NodeInputs(json: row["inputs"] ?? "{}"),
        outputs: NodeInputs(json: row["outputs"] ?? "{}"), token: row["token"] ?? "unknown",
        duration: Double((row["duration"] as Int64?) ?? 0) / 1e9, started: row["started"],
        executed: row["executed"])
    }
    let ends = try Row.fetchCursor(
      database,
      sql: """
        SELECT node, status, run FROM nodes
        WHERE run = (SELECT MAX(id) FROM runs WHERE pipeline = ?)
        """, arguments: [pipeline])
    while let row = try ends.next() {
      last[row["node"]] = Last(status: row["status"], run: row["run"])
    }
  }
}

extension PipelineHistory {
  /// What is known of the nodes of a pipeline.
  ///
  /// - Throws: ``HistoryError``.
  package func past(of pipeline: String) throws(HistoryError) -> RecordedPast {
    try read { database in try RecordedPast(of: pipeline, database) }
  }
}

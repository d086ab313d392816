import GRDB

/// The results of a pipeline's nodes in earlier runs.
package struct RecordedPast: Sendable {
  /// The latest run of a node.
  package struct Node: Sendable {
    /// The run.
    package var run: Int64
    /// The name of its status.
    package var status: String
    /// The hashes of its inputs.
    package var inputs: Fingerprint
    /// The hashes of its outputs.
    package var outputs: Fingerprint
    /// A token that identifies its result.
    package var token: String
    /// How long it took, in seconds.
    package var duration: Double
    /// When it started, in nanoseconds since 1970-01-01 00:00 UTC.
    package var started: Int64?
    /// The name of the executed notebook in the record.
    package var executed: String?
  }

  /// The status of a node in the last run.
  package struct Last: Sendable {
    /// The name of its status.
    package var status: String
    /// The last run.
    package var run: Int64
  }

  /// The latest runs by node id.
  package var nodes: [String: Node] = [:]
  /// The statuses in the last run by node id.
  package var last: [String: Last] = [:]
  /// How long each node usually takes, by node id: the median of its latest successful runs.
  package var usualDurations: [String: Duration] = [:]

  /// Creates the past of a pipeline that has never run.
  package init() {}

  /// The status names of nodes that did not run.
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
        run: row["run"], status: row["status"], inputs: Fingerprint(json: row["inputs"] ?? "{}"),
        outputs: Fingerprint(json: row["outputs"] ?? "{}"), token: row["token"] ?? "unknown",
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
    usualDurations = try RecordedPast.usualDurations(of: pipeline, database)
    // Those that did not run lately, because nothing had changed.
    for (id, node) in nodes where usualDurations[id] == nil && node.status == "succeeded" {
      usualDurations[id] = .seconds(node.duration)
    }
  }

  /// The number of the latest runs whose durations count.
  private static let consideredRuns = 9

  private static func usualDurations(of pipeline: String, _ database: Database) throws
    -> [String: Duration]
  {
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT node, duration FROM nodes WHERE status = 'succeeded' AND duration IS NOT NULL
          AND run IN (SELECT id FROM runs WHERE pipeline = ? ORDER BY id DESC LIMIT ?)
        """, arguments: [pipeline, consideredRuns])
    var durations: [String: [Int64]] = [:]
    while let row = try rows.next() { durations[row["node"], default: []].append(row["duration"]) }
    return durations.mapValues { values in
      let sorted = values.sorted()
      return .nanoseconds((sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2)
    }
  }
}

extension PipelineHistory {
  /// Reads the past of a pipeline's nodes.
  ///
  /// - Throws: ``HistoryError``.
  package func past(of pipeline: String) throws(HistoryError) -> RecordedPast {
    try read { database in try RecordedPast(of: pipeline, database) }
  }
}

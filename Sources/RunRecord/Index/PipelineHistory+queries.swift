import GRDB
import Glibc

extension PipelineHistory {
  /// The latest runs, newest first.
  ///
  /// - Parameters:
  ///   - pipeline: the real path of the pipeline's file; nil for all pipelines.
  ///   - limit: the maximum number of runs.
  /// - Throws: ``HistoryError``.
  public func runs(of pipeline: String? = nil, limit: Int = 20) throws(HistoryError)
    -> [RecordedRun]
  {
    try read { database in
      let rows = try Row.fetchAll(
        database,
        sql: "SELECT * FROM runs WHERE ?1 IS NULL OR pipeline = ?1 ORDER BY id DESC LIMIT ?2",
        arguments: [pipeline, limit])
      return try rows.map { try recorded($0, database) }
    }
  }

  /// The run with a number.
  ///
  /// - Throws: ``HistoryError``.
  public func run(_ id: Int64) throws(HistoryError) -> RecordedRun? {
    try read { database in
      try Row.fetchOne(database, sql: "SELECT * FROM runs WHERE id = ?", arguments: [id]).map {
        try recorded($0, database)
      }
    }
  }

  /// The nodes of a run, parents first.
  ///
  /// - Throws: ``HistoryError``.
  public func nodes(of run: Int64) throws(HistoryError) -> [RecordedNode] {
    try read { database in
      let isKilled =
        try Row.fetchOne(
          database, sql: "SELECT * FROM runs WHERE id = ?", arguments: [run]
        ).map { try self.isKilled($0, database) } ?? false
      let begun = isKilled ? StartedNodes(folder: folder(of: run)).logs : [:]
      return try Row.fetchAll(
        database, sql: "SELECT * FROM nodes WHERE run = ? ORDER BY place", arguments: [run]
      ).map { row in
        let (status, place): (String, Int) = (row["status"], row["place"])
        let ended = [
          "running": "killed",
          "waiting": begun[place] == nil ? "not_run" : "killed",
        ]
        return RecordedNode(
          place: place, id: row["node"], label: row["label"], file: row["file"],
          status: isKilled ? ended[status] ?? status : status, message: row["message"],
          reason: row["reason"],
          duration: (row["duration"] as Int64?).map { .nanoseconds($0) },
          log: row["log"] ?? begun[place] ?? nil,
          cachedRun: row["cached_run"], attempts: row["attempts"], started: row["started"],
          executed: row["executed"], cellTexts: row["cells"],
          standardErrorTail: row["errors"] ?? "")
      }
    }
  }

  private func recorded(_ row: Row, _ database: Database) throws -> RecordedRun {
    let id: Int64 = row["id"]
    var counts: [String: Int] = [:]
    let rows = try Row.fetchAll(
      database, sql: "SELECT status, COUNT(*) AS count FROM nodes WHERE run = ? GROUP BY status",
      arguments: [id])
    for row in rows {
      counts[row["status"]] = row["count"]
    }
    var killedCount = counts.removeValue(forKey: "killed") ?? 0
    let isKilled = try self.isKilled(row, database)
    if isKilled {
      let begun = Set(StartedNodes(folder: folder(of: id)).logs.keys)
      let waiting = try Int.fetchSet(
        database, sql: "SELECT place FROM nodes WHERE run = ? AND status = 'waiting'",
        arguments: [id])
      counts["waiting"] = nil
      let notRun = waiting.subtracting(begun).count
      if notRun > 0 { counts["not_run", default: 0] += notRun }
      killedCount +=
        (counts.removeValue(forKey: "running") ?? 0) + waiting.intersection(begun).count
    }
    return RecordedRun(
      id: id, pipeline: row["pipeline"], name: row["name"], started: row["started"],
      duration: (row["duration"] as Int64?).map { .nanoseconds($0) },
      status: isKilled ? "killed" : row["status"], counts: counts, killedCount: killedCount,
      plan: row["plan"])
  }

  /// Whether a run recorded as running was killed.
  ///
  /// That is so if no process holds its pipeline's lock, or a later run began. The next run records
  /// it.
  private func isKilled(_ run: Row, _ database: Database) throws -> Bool {
    guard run["status"] == "running" else { return false }
    let (id, pipeline): (Int64, String) = (run["id"], run["pipeline"])
    let last = try Int64.fetchOne(
      database, sql: "SELECT MAX(id) FROM runs WHERE pipeline = ?", arguments: [pipeline])
    return last != id || !isRunning(pipeline, process: run["process"])
  }

  func read<R>(_ body: (Database) throws -> R) throws(HistoryError) -> R {
    do {
      return try reader.read(body)
    } catch {
      throw HistoryError(
        description: "the record of runs in '\(directory)' cannot be read: "
          + (notice == nil ? PipelineHistory.text(error) : "a newer version of Lyre created it"))
    }
  }
}

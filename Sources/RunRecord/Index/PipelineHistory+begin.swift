import GRDB
import Glibc
import SystemSupport

/// A node of a new run.
package struct NewNode: Sendable {
  /// Its id.
  package var id: String
  /// Its label.
  package var label: String
  /// The notebook or script.
  package var file: String?
  /// Whether it is selected.
  package var isSelected: Bool

  /// Creates a node.
  package init(id: String, label: String, file: String?, isSelected: Bool) {
    self.id = id
    self.label = label
    self.file = file
    self.isSelected = isSelected
  }
}

extension PipelineHistory {
  /// The number of runs to keep for each pipeline.
  static let keptRuns = 100

  /// Marks the runs of a pipeline that are still recorded as running as killed; the caller holds
  /// the pipeline's lock.
  ///
  /// It blocks, so call it on a thread of its own.
  ///
  /// - Throws: ``HistoryError``.
  package func settle(_ pipeline: String) throws(HistoryError) {
    try write { try self.markKilled(pipeline, $0) }
  }

  /// Begins the record of a run; the caller ensures that no other run of the pipeline is active.
  ///
  /// It blocks, so call it on a thread of its own.
  ///
  /// - Parameters:
  ///   - pipeline: the real path of the pipeline's file.
  ///   - name: the name of the run.
  ///   - nodes: its nodes, parents first.
  ///   - plan: the pipeline, for later reports.
  ///   - warn: called at most once, on any thread, when something cannot be written.
  /// - Throws: ``HistoryError``.
  package func begin(
    _ pipeline: String, name: String, nodes: [NewNode], plan: [UInt8],
    warn: @escaping @Sendable (String) -> Void
  ) throws(HistoryError) -> RunEntry {
    let (run, old) = try write { database in
      try self.markKilled(pipeline, database)
      try database.execute(
        sql: """
          INSERT INTO runs (pipeline, name, process, started, status)
          VALUES (?, ?, ?, ?, 'running')
          """, arguments: [pipeline, name, getpid(), wallClockNanoseconds()])
      let run = database.lastInsertedRowID
      let insert = try database.makeStatement(
        sql: "INSERT INTO nodes (run, place, node, label, file, status) VALUES (?, ?, ?, ?, ?, ?)")
      for (place, node) in nodes.enumerated() {
        try insert.execute(arguments: [
          run, place, node.id, node.label, node.file, node.isSelected ? "waiting" : "skipped",
        ])
      }
      return (run, try PipelineHistory.removeOldRuns(of: pipeline, database))
    }
    for run in old { FilePath.removeTree(folder(of: run)) }
    guard let writer else { throw unwritable(HistoryError(description: "it can only be read")) }
    do throws(HistoryError) {
      try RecordFolder.make(folder(of: run))
    } catch {
      throw unwritable(error)
    }
    let entry = RunEntry(run, of: self, writer: writer, warn: warn)
    entry.keepPlan(plan, afterRemovingRuns: !old.isEmpty)
    return entry
  }

  private func write<R>(_ body: (Database) throws -> R) throws(HistoryError) -> R {
    do {
      guard let writer else { throw HistoryError(description: "it can only be read") }
      return try writer.write(body)
    } catch {
      throw unwritable(error)
    }
  }

  private func unwritable(_ error: any Error) -> HistoryError {
    HistoryError(
      description: "the record of runs in '\(directory)' cannot be written: "
        + "\(PipelineHistory.text(error)); use --state DIR to keep it elsewhere")
  }

  /// The folder of a run's output: its log and those of its nodes.
  package func folder(of run: Int64) -> String {
    // Older versions created this one.
    let old = "\(directory)/logs/\(run)"
    return FilePath.isDirectory(old) ? old : "\(directory)/runs/\(run)"
  }

  private func markKilled(_ pipeline: String, _ database: Database) throws {
    let runs = try Int64.fetchAll(
      database, sql: "SELECT id FROM runs WHERE pipeline = ? AND status = 'running'",
      arguments: [pipeline])
    for run in runs {
      for (place, log) in StartedNodes(folder: folder(of: run)).logs {
        try database.execute(
          sql: """
            UPDATE nodes SET status = 'killed', log = ?
            WHERE run = ? AND place = ? AND status = 'waiting'
            """, arguments: [log, run, place])
      }
      try database.execute(
        sql: """
          UPDATE nodes SET status = CASE status WHEN 'running' THEN 'killed' ELSE 'not_run' END
          WHERE run = ? AND status IN ('running', 'waiting')
          """, arguments: [run])
      try database.execute(
        sql: "UPDATE runs SET status = 'killed' WHERE id = ?", arguments: [run])
    }
  }

  /// Removes runs beyond the last hundred, except those with a node's latest result.
  private static func removeOldRuns(of pipeline: String, _ database: Database) throws -> [Int64] {
    let old = try Int64.fetchAll(
      database,
      sql: """
        SELECT id FROM runs WHERE pipeline = ?1
          AND id NOT IN (SELECT id FROM runs WHERE pipeline = ?1 ORDER BY id DESC LIMIT ?2)
          AND id NOT IN (SELECT MAX(nodes.run) FROM nodes JOIN runs ON runs.id = nodes.run
            WHERE runs.pipeline = ?1 AND nodes.status NOT IN \(RecordedPast.notRun)
            GROUP BY nodes.node)
        """, arguments: [pipeline, keptRuns])
    for run in old {
      try database.execute(sql: "DELETE FROM runs WHERE id = ?", arguments: [run])
    }
    return old
  }
}

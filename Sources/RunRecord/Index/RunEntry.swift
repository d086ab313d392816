import GRDB
import Glibc
import RunEvents
import Synchronization
import SystemSupport

/// The end of a node, for the record.
package struct EndedNode: Sendable {
  /// Its place in the pipeline's graph, from 0.
  package var place: Int
  /// The name of its status.
  package var status: String
  /// An explanation of the status.
  package var message: String?
  /// Why it ran.
  package var reason: String?
  /// The number of attempts.
  package var attempts = 0
  /// When the first attempt started, in nanoseconds since 1970-01-01 00:00 UTC.
  package var started: Int64?
  /// How long it took.
  package var duration = Duration.zero
  /// The log file with its complete output.
  package var log: String?
  /// The hashes of its inputs.
  package var inputs: Fingerprint?
  /// The hashes of its outputs.
  package var outputs: Fingerprint?
  /// A token that identifies its result.
  package var token: String?
  /// The run whose result is used instead.
  package var cachedRun: Int64?
  /// The results of its cells in JSON.
  package var cellTexts: String?
  /// The name of the executed notebook in the record.
  package var executed: String?
  /// The last lines that it wrote to standard error.
  package var standardErrorTail = ""

  /// Creates a value for a node.
  package init(place: Int, status: String) {
    self.place = place
    self.status = status
  }
}

/// The record of an active pipeline run.
///
/// Changes are written a moment later, in order. Callers wait for the database only at the end of
/// the run, and when an executed notebook is stored.
package final class RunEntry: Sendable {
  /// The number of the run.
  package let run: Int64
  /// The folder of the run's output.
  package let folder: String

  private let history: PipelineHistory
  private let queue: RecordQueue
  private let started: StartedNodes
  private let failures: RecordFailures
  /// The event log.
  package let events: RunLogWriter
  /// The numbers of the changes that record the end of nodes.
  private let ends = Mutex<[Int: Int]>([:])

  init(
    _ run: Int64, of history: PipelineHistory, writer: any DatabaseWriter,
    warn: @escaping @Sendable (String) -> Void
  ) {
    self.run = run
    self.history = history
    folder = history.folder(of: run)
    let failures = RecordFailures(warn)
    self.failures = failures
    queue = RecordQueue(writer) { failures.report($0) }
    started = StartedNodes(folder: folder)
    events = RunLogWriter(
      folder: folder,
      whole: { [folder] event in
        switch event.kind {
        case .lines, .text:
          event.subject.node.map { RunEntry.log(of: $0.place, label: $0.label, in: folder) }
        // Displays are in the executed notebook.
        default: nil
        }
      }, onFailure: { failures.report($0) })
  }

  /// Hashes of files, cached in the record.
  package var fileHashes: FileHashes { FileHashes(reader: history.reader, queue: queue) }

  /// The log file of a node's output.
  package func log(of place: Int, label: String) -> String {
    RunEntry.log(of: place, label: label, in: folder)
  }

  private static func log(of place: Int, label: String, in folder: String) -> String {
    let safe = String(
      label.map { character in
        character.isASCII && (character.isLetter || character.isNumber || "-_.".contains(character))
          ? character : "_"
      }.prefix(60))
    return "\(folder)/\(place + 1)-\(safe).log"
  }

  /// Whether the ends of these nodes are in the database, for those that ended in this run.
  package func hasWritten(_ places: [Int]) -> Bool {
    ends.withLock { ends in
      places.allSatisfy { place in ends[place].map(queue.hasWritten) ?? true }
    }
  }

  /// Writes all pending changes: the results that a node depends on must be recorded before it
  /// begins.
  ///
  /// It blocks, so call it on a thread of its own.
  package func flush() {
    do {
      try queue.flush()
    } catch {
      failures.report(error)
    }
  }

  /// Records that a node begins, so that the record shows it even if this program is killed.
  package func begins(_ place: Int, log: String?) {
    do throws(SystemError) {
      try started.add(place, log: log.map { FilePath.parts($0).1 })
    } catch {
      failures.report(error)
    }
    queue.add(
      "UPDATE nodes SET status = 'running', started = ?, log = ? WHERE run = ? AND place = ?",
      [wallClockNanoseconds(), log, run, place])
  }

  /// Records that a node ended, or did not run.
  package func ended(_ node: EndedNode) {
    let number = queue.add(
      """
      UPDATE nodes SET status = ?, message = ?, reason = ?, attempts = ?, started = ?,
        duration = ?, log = ?, inputs = ?, outputs = ?, token = ?, cached_run = ?, cells = ?,
        executed = ?, errors = ?
      WHERE run = ? AND place = ?
      """,
      [
        node.status, node.message, node.reason, node.attempts, node.started,
        node.duration.totalNanoseconds, node.log, node.inputs?.json, node.outputs?.json, node.token,
        node.cachedRun, node.cellTexts, node.executed,
        node.standardErrorTail.isEmpty ? nil : node.standardErrorTail, run, node.place,
      ])
    ends.withLock { $0[node.place] = number }
  }

  /// Stores a node's executed notebook.
  ///
  /// It blocks, so call it on a thread of its own.
  ///
  /// - Returns: its name in the record.
  /// - Throws: why it could not be stored; ``PipelineHistory/text(_:)`` describes it.
  package func keep(_ content: [ArraySlice<UInt8>], of place: Int) throws -> String {
    try history.store.keep(content) { name in
      queue.add("UPDATE nodes SET executed = ? WHERE run = ? AND place = ?", [name, run, place])
      try queue.flush()
    }
  }

  /// Stores the pipeline for later reports, and removes content that no run needs.
  func keepPlan(_ plan: [UInt8], afterRemovingRuns: Bool) {
    do {
      let store = history.store
      _ = try store.keep([plan[...]]) { name in
        queue.add("UPDATE runs SET plan = ? WHERE id = ?", [name, run])
        try queue.flush()
      }
      guard afterRemovingRuns || store.size > store.limit else { return }
      try store.sweep { try history.neededContent() }
    } catch {
      failures.report(error)
    }
  }

  /// Closes the event log at the end of the run; no events may follow.
  ///
  /// It blocks, so call it on a thread of its own.
  package func close() { events.close() }

  /// Records the end of the run.
  ///
  /// It blocks, so call it on a thread of its own.
  ///
  /// - Parameter status: `succeeded`, `failed` or `interrupted`.
  package func finish(_ status: String, duration: Duration) {
    queue.add(
      "UPDATE runs SET status = ?, duration = ? WHERE id = ?",
      [status, duration.totalNanoseconds, run])
    do {
      try queue.close()
    } catch {
      failures.report(error)
    }
  }
}

extension PipelineHistory {
  /// The names of all content that runs refer to, newest runs first.
  func neededContent() throws -> [String] {
    try reader.read { database in
      try String.fetchAll(
        database,
        sql: """
          SELECT name FROM (
            SELECT plan AS name, id AS run FROM runs WHERE plan IS NOT NULL
            UNION ALL SELECT executed, run FROM nodes WHERE executed IS NOT NULL)
          GROUP BY name ORDER BY MAX(run) DESC
          """)
    }
  }

  /// Reads the content with a name.
  ///
  /// - Throws: ``HistoryError`` if it no longer exists, or is damaged.
  public func content(_ name: String) throws(HistoryError) -> [UInt8] {
    if let content = try store.content(name) { return content }
    throw HistoryError(description: "'\(store.directory)/\(name)' no longer exists")
  }

  /// Hashes of files, cached in the record, without adding any.
  package var fileHashes: FileHashes { FileHashes(reader: reader, queue: nil) }
}

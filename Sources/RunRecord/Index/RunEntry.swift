import GRDB
import Glibc
import RunEvents
import Synchronization
import SystemSupport

/// How a node of a run ended, for the record.
package struct EndedNode: Sendable {
  /// Its place in the pipeline's graph, from 0.
  package var place: Int
  /// The name of how it ended.
  package var status: String
  /// Why it ended so.
  package var message: String?
  /// Why it ran.
  package var reason: String?
  /// How often it was started.
  package var attempts = 0
  /// When it was first started, in nanoseconds since 1970-01-01 00:00 UTC.
  package var started: Int64?
  /// How long it took.
  package var duration = Duration.zero
  /// The file with everything that it wrote.
  package var log: String?
  /// What went in.
  package var inputs: NodeInputs?
  /// What it made.
  package var outputs: NodeInputs?
  /// What tells its result apart from others.
  package var token: String?
  /// The run whose result is used instead.
  package var cachedRun: Int64?
  /// What became of its cells, in JSON.
  package var cellTexts: String?
  /// The notebook that was run, in the record.
  package var executed: String?
  /// The last lines that it wrote to standard error.
  package var standardErrorTail = ""

  /// A node that ended.
  package init(place: Int, status: String) {
    self.place = place
    self.status = status
  }
}

/// The record of one run of a pipeline while it goes on.
///
/// What is told to it is written a moment later, in order: nobody waits for the database but at the
/// run's end, and for notebooks that are kept.
package final class RunEntry: Sendable {
  /// The number of the run.
  package let run: Int64
  /// The folder of what the run writes.
  package let folder: String

  private let history: PipelineHistory
  private let queue: RecordQueue
  private let started: StartedNodes
  private let failures: RecordFailures
  /// The event log.
  package let events: RunLogWriter
  /// For nodes that ended, the change that says so.
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
      whole: { [folder] subject in
        subject.node.map { RunEntry.log(of: $0.place, label: $0.label, in: folder) }
      }, onFailure: { failures.report($0) })
  }

  /// Hashes of files, which are remembered in the record.
  package var fileHashes: FileHashes { FileHashes(reader: history.reader, queue: queue) }

  /// The file for everything that a node writes.
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

  /// Whether it is in the record how these nodes ended, as far as they ended in this run.
  package func hasWritten(_ places: [Int]) -> Bool {
    ends.withLock { ends in
      places.allSatisfy { place in ends[place].map(queue.hasWritten) ?? true }
    }
  }

  /// Writes everything that waits: before a node begins on the results of others, these are in the
  /// record.
  ///
  /// It blocks: for threads of our own.
  package func flush() {
    do {
      try queue.flush()
    } catch {
      failures.report(error)
    }
  }

  /// A node begins: this is known from now on, even when this program is killed.
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

  /// A node ended, or was not run.
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

  /// Keeps the notebook that a node has run.
  ///
  /// It blocks: for threads of our own.
  ///
  /// - Returns: its name in the record.
  /// - Throws: why it could not be kept; ``PipelineHistory/text(_:)`` says it in words.
  package func keep(_ content: [ArraySlice<UInt8>], of place: Int) throws -> String {
    try history.store.keep(content) { name in
      queue.add("UPDATE nodes SET executed = ? WHERE run = ? AND place = ?", [name, run, place])
      try queue.flush()
    }
  }

  /// Keeps what the pipeline is, for reports later on, and removes what no run needs any more.
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

  /// The run ended, and nothing more is told of it: gives its log up.
  ///
  /// It blocks: for threads of our own.
  package func close() { events.close() }

  /// The run ended.
  ///
  /// It blocks: for threads of our own.
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
  /// The names of all content that runs refer to, that of the newest runs first.
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

  /// What the record holds under a name.
  ///
  /// - Throws: ``HistoryError`` when it is not there any more, or damaged.
  public func content(_ name: String) throws(HistoryError) -> [UInt8] {
    if let content = try store.content(name) { return content }
    throw HistoryError(description: "'\(store.directory)/\(name)' no longer exists")
  }

  /// Hashes of files, which are remembered in the record and not added to.
  package var fileHashes: FileHashes { FileHashes(reader: reader, queue: nil) }
}

import GRDB
import Glibc
import JupyterProtocol
public import NotebookExecution
import RunEvents
import SystemSupport

/// The record of all runs of pipelines, in a directory of the user's.
///
/// It is an SQLite database, a folder of logs and one of the notebooks that were run; several programs
/// may use it at once. Values of variables and parameters are in it as salted hashes only, but for
/// the parameters in notebooks that were run with them. It is used only where it is this user's own
/// and nobody else can write it.
public final class PipelineHistory: Sendable {
  /// The directory.
  public let directory: String

  /// What to say about it: that a newer version of Lyre made it, and that it is only read.
  public let notice: String?

  let reader: any DatabaseReader
  /// Nil where it is only read.
  let writer: DatabasePool?
  let salt: String
  /// The notebooks that were run, and what the pipelines were.
  let store: ContentStore

  /// `$XDG_STATE_HOME/lyre`, or `~/.local/state/lyre`.
  public static func defaultDirectory(environment: [String: String]) -> String {
    if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return state + "/lyre" }
    var home = environment["HOME"] ?? ""
    if home.isEmpty, let entry = getpwuid(getuid()), let directory = entry.pointee.pw_dir {
      home = String(cString: directory)
    }
    return home + "/.local/state/lyre"
  }

  /// Opens the record to write it, and makes it where there is none.
  ///
  /// - Throws: ``HistoryError``, also where a newer version of Lyre made it.
  public init(directory: String) throws(HistoryError) {
    self.directory = directory
    store = ContentStore(directory: directory + "/objects")
    NodeFiles.makeDirectory(directory)
    let path = PipelineHistory.path(in: directory)
    do {
      try RecordTrust.check(directory)
      let lock = try RecordTrust.lock(path + ".lock")
      defer { if let lock { close(lock) } }
      try RecordTrust.make(path)
      var configuration = Configuration()
      configuration.busyMode = .timeout(10)
      configuration.label = "lyre"
      let pool = try DatabasePool(path: path, configuration: configuration)
      let migrations = PipelineHistory.migrations
      if try pool.read(migrations.hasBeenSuperseded) {
        throw HistoryError(
          description: "a newer version of Lyre made it; use that version, or --state DIR for "
            + "another record")
      }
      try migrations.migrate(pool)
      salt = try pool.write { database in
        if let salt = try PipelineHistory.salt(database) { return salt }
        var hash = ContentHash()
        hash.add(randomBytes(count: 32))
        let salt = hash.hexadecimal()
        try database.execute(
          sql: "INSERT INTO facts (name, value) VALUES ('salt', ?)", arguments: [salt])
        return salt
      }
      reader = pool
      writer = pool
      notice = nil
    } catch {
      throw PipelineHistory.unusable(path, error)
    }
  }

  /// Opens the record to read it; nothing is written.
  ///
  /// - Returns: nil where there is no record.
  /// - Throws: ``HistoryError``.
  public static func reading(_ directory: String) throws(HistoryError) -> PipelineHistory? {
    let path = path(in: directory)
    do {
      try RecordTrust.check(directory)
      guard access(path, F_OK) == 0 else { return nil }
      let queue = try open(path)
      let (isNewer, isComplete, salt) = try queue.read { database in
        (
          try migrations.hasBeenSuperseded(database),
          try migrations.hasCompletedMigrations(database), try? PipelineHistory.salt(database)
        )
      }
      // What an older version made is first brought to the form of this one.
      if !isNewer, !isComplete { return try PipelineHistory(directory: directory) }
      return PipelineHistory(
        directory, queue, salt ?? "",
        notice: isNewer
          ? "a newer version of Lyre made the record of runs '\(path)'; it is only read" : nil)
    } catch let error as HistoryError {
      throw error
    } catch {
      throw unusable(path, error)
    }
  }

  private init(_ directory: String, _ reader: any DatabaseReader, _ salt: String, notice: String?) {
    self.directory = directory
    store = ContentStore(directory: directory + "/objects")
    self.reader = reader
    self.salt = salt
    self.notice = notice
    writer = nil
  }

  private static func open(_ path: String) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    configuration.readonly = true
    configuration.label = "lyre"
    do {
      return try DatabaseQueue(path: path, configuration: configuration)
    } catch let failure {
      // Where nothing can be written beside it, nobody can be writing it either.
      let quiet = "file:\(path)?immutable=1"
      guard let queue = try? DatabaseQueue(path: quiet, configuration: configuration) else {
        throw failure
      }
      return queue
    }
  }

  private static func path(in directory: String) -> String { directory + "/pipelines.sqlite" }

  private static func salt(_ database: Database) throws -> String? {
    try String.fetchOne(database, sql: "SELECT value FROM facts WHERE name='salt'")
  }

  private static func unusable(_ path: String, _ error: any Error) -> HistoryError {
    var reason = (error as? HistoryError)?.description ?? text(error)
    if !reason.contains("--state") { reason += "; use --state DIR to keep it elsewhere" }
    return HistoryError(description: "the record of runs '\(path)' cannot be used: \(reason)")
  }

  static func text(_ error: any Error) -> String {
    guard let error = error as? DatabaseError else { return "\(error)" }
    return error.message ?? "\(error.resultCode)"
  }

  private static var migrations: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("runs, nodes and hashes of files") { database in
      try database.execute(
        sql: """
          CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
          CREATE TABLE runs (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            pipeline TEXT NOT NULL, name TEXT NOT NULL, process INTEGER NOT NULL,
            started INTEGER NOT NULL, duration INTEGER, status TEXT NOT NULL);
          CREATE INDEX runs_of_pipeline ON runs (pipeline, id);
          CREATE TABLE nodes (
            run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            place INTEGER NOT NULL, node TEXT NOT NULL, label TEXT NOT NULL, file TEXT,
            status TEXT NOT NULL, message TEXT, reason TEXT, attempts INTEGER NOT NULL DEFAULT 0,
            started INTEGER, duration INTEGER, log TEXT, inputs TEXT, outputs TEXT, token TEXT,
            cached_run INTEGER, PRIMARY KEY (run, place)) WITHOUT ROWID;
          CREATE TABLE files (
            path TEXT PRIMARY KEY, signature TEXT NOT NULL, hash TEXT NOT NULL) WITHOUT ROWID;
          """)
    }
    migrator.registerMigration("what runs were and what they gave") { database in
      try database.execute(
        sql: """
          ALTER TABLE runs ADD COLUMN plan TEXT;
          ALTER TABLE nodes ADD COLUMN executed TEXT;
          ALTER TABLE nodes ADD COLUMN cells TEXT;
          ALTER TABLE nodes ADD COLUMN errors TEXT;
          """)
    }
    return migrator
  }
}

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
  /// How many nodes ended how.
  public var counts: [NodeStatus: Int]
  /// How many nodes ran when the whole program was killed.
  public var killedCount: Int
  /// What the pipeline was, for ``PipelineHistory/content(_:)``.
  var plan: String?
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
  /// How it ended, as ``NodeStatus`` has it, or `killed` with the whole program.
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
  /// What became of the cells of a notebook.
  public var cells: [CellResult]
  /// The last lines that it wrote to standard error, where it failed.
  public var standardErrorTail: String
}

extension PipelineHistory {
  /// The last runs, newest first.
  ///
  /// - Parameters:
  ///   - pipeline: the pipeline's file without links; nil for all.
  ///   - limit: how many at most.
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

  /// The run of a number.
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
      return try Row.fetchAll(
        database, sql: "SELECT * FROM nodes WHERE run = ? ORDER BY place", arguments: [run]
      ).map { row in
        let status: String = row["status"]
        let ended = ["running": "killed", "waiting": NodeStatus.notRun.rawValue]
        return RecordedNode(
          place: row["place"], id: row["node"], label: row["label"], file: row["file"],
          status: isKilled ? ended[status] ?? status : status, message: row["message"],
          reason: row["reason"],
          duration: (row["duration"] as Int64?).map { .nanoseconds($0) }, log: row["log"],
          cachedRun: row["cached_run"], attempts: row["attempts"], started: row["started"],
          executed: row["executed"], cells: CellResult.list(json: row["cells"]),
          standardErrorTail: row["errors"] ?? "")
      }
    }
  }

  private func recorded(_ row: Row, _ database: Database) throws -> RecordedRun {
    let id: Int64 = row["id"]
    var counts: [NodeStatus: Int] = [:]
    var killedCount = 0
    let rows = try Row.fetchAll(
      database, sql: "SELECT status, COUNT(*) AS count FROM nodes WHERE run = ? GROUP BY status",
      arguments: [id])
    for row in rows {
      if row["status"] == "killed" {
        killedCount = row["count"]
      } else if let status = NodeStatus(rawValue: row["status"]) {
        counts[status] = row["count"]
      }
    }
    let isKilled = try self.isKilled(row, database)
    if isKilled {
      killedCount += counts.removeValue(forKey: .running) ?? 0
      if let waiting = counts.removeValue(forKey: .waiting) { counts[.notRun] = waiting }
    }
    return RecordedRun(
      id: id, pipeline: row["pipeline"], name: row["name"], started: row["started"],
      duration: (row["duration"] as Int64?).map { .nanoseconds($0) },
      status: isKilled ? "killed" : row["status"], counts: counts, killedCount: killedCount,
      plan: row["plan"])
  }

  /// Whether a run seems to go on, and does not.
  ///
  /// Nobody holds the lock of its pipeline then, or a later run began. The next run writes that down.
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
          + (notice == nil ? PipelineHistory.text(error) : "a newer version of Lyre made it"))
    }
  }
}

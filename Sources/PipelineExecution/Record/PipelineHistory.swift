import GRDB
import Glibc
import JupyterProtocol

/// The record of all runs of pipelines, in a directory of the user's.
///
/// It is an SQLite database and a folder of logs; several programs may use it at once. Values of
/// variables and parameters are in it as salted hashes only.
public final class PipelineHistory: Sendable {
  /// The directory.
  public let directory: String

  let database: DatabasePool
  let salt: String

  /// `$XDG_STATE_HOME/lyre`, or `~/.local/state/lyre`.
  public static func defaultDirectory(environment: [String: String]) -> String {
    if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return state + "/lyre" }
    var home = environment["HOME"] ?? ""
    if home.isEmpty, let entry = getpwuid(getuid()), let directory = entry.pointee.pw_dir {
      home = String(cString: directory)
    }
    return home + "/.local/state/lyre"
  }

  /// Opens the record, and makes it where there is none.
  ///
  /// - Throws: ``HistoryError``.
  public init(directory: String) throws(HistoryError) {
    self.directory = directory
    NodeFiles.makeDirectory(directory)
    let path = directory + "/pipelines.sqlite"
    do {
      var configuration = Configuration()
      configuration.busyMode = .timeout(10)
      configuration.label = "lyre"
      let before = umask(0o077)
      defer { umask(before) }
      let lock = PipelineHistory.lock(path + ".lock")
      defer { if let lock { close(lock) } }
      database = try DatabasePool(path: path, configuration: configuration)
      try PipelineHistory.migrations.migrate(database)
      salt = try database.write { database in
        if let salt = try String.fetchOne(
          database, sql: "SELECT value FROM facts WHERE name='salt'")
        {
          return salt
        }
        var hash = ContentHash()
        hash.add(randomBytes(count: 32))
        let salt = hash.hexadecimal()
        try database.execute(
          sql: "INSERT INTO facts (name, value) VALUES ('salt', ?)", arguments: [salt])
        return salt
      }
    } catch {
      throw HistoryError(
        description: "the record of runs '\(path)' cannot be used: \(PipelineHistory.text(error)); "
          + "--state DIR takes another place")
    }
  }

  /// Lets one program at a time make or open the record.
  ///
  /// SQLite does not wait for another program that turns on its log at the same moment: it says
  /// that the database is locked, whatever it was told about waiting.
  ///
  /// - Returns: the file that is to be closed afterwards; nil where there can be none.
  private static func lock(_ path: String) -> Int32? {
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { return nil }
    while flock(file, LOCK_EX) != 0 {
      guard errno == EINTR else {
        close(file)
        return nil
      }
    }
    return file
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
    try reading { database in
      let rows = try Row.fetchAll(
        database,
        sql: "SELECT * FROM runs WHERE ?1 IS NULL OR pipeline = ?1 ORDER BY id DESC LIMIT ?2",
        arguments: [pipeline, limit])
      return try rows.map { try PipelineHistory.run($0, database) }
    }
  }

  /// The run of a number.
  ///
  /// - Throws: ``HistoryError``.
  public func run(_ id: Int64) throws(HistoryError) -> RecordedRun? {
    try reading { database in
      try Row.fetchOne(database, sql: "SELECT * FROM runs WHERE id = ?", arguments: [id]).map {
        try PipelineHistory.run($0, database)
      }
    }
  }

  /// The nodes of a run, parents first.
  ///
  /// - Throws: ``HistoryError``.
  public func nodes(of run: Int64) throws(HistoryError) -> [RecordedNode] {
    try reading { database in
      let isKilled = try Row.fetchOne(
        database, sql: "SELECT status, process FROM runs WHERE id = ?", arguments: [run]
      ).map(PipelineHistory.isKilled)
      return try Row.fetchAll(
        database, sql: "SELECT * FROM nodes WHERE run = ? ORDER BY place", arguments: [run]
      ).map { row in
        let status: String = row["status"]
        let ended = ["running": "killed", "waiting": NodeStatus.notRun.rawValue]
        return RecordedNode(
          place: row["place"], id: row["node"], label: row["label"], file: row["file"],
          status: isKilled == true ? ended[status] ?? status : status, message: row["message"],
          reason: row["reason"],
          duration: (row["duration"] as Int64?).map { .nanoseconds($0) }, log: row["log"],
          cachedRun: row["cached_run"])
      }
    }
  }

  private static func run(_ row: Row, _ database: Database) throws -> RecordedRun {
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
    let isKilled = PipelineHistory.isKilled(row)
    if isKilled {
      killedCount += counts.removeValue(forKey: .running) ?? 0
      if let waiting = counts.removeValue(forKey: .waiting) { counts[.notRun] = waiting }
    }
    return RecordedRun(
      id: id, pipeline: row["pipeline"], name: row["name"], started: row["started"],
      duration: (row["duration"] as Int64?).map { .nanoseconds($0) },
      status: isKilled ? "killed" : row["status"], counts: counts, killedCount: killedCount)
  }

  /// Whether a run seems to go on, and its program is gone; the next run writes that down.
  private static func isKilled(_ run: Row) -> Bool {
    let process: Int32 = run["process"]
    return run["status"] == "running" && kill(process, 0) != 0 && errno == ESRCH
  }

  private func reading<R>(_ body: (Database) throws -> R) throws(HistoryError) -> R {
    do {
      return try database.read(body)
    } catch {
      throw HistoryError(
        description: "the record of runs in '\(directory)' cannot be read: "
          + PipelineHistory.text(error))
    }
  }
}

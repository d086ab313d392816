import GRDB
import Glibc
import JupyterProtocol
import SystemSupport

/// The record of all pipeline runs, in a directory of the user.
///
/// It consists of an SQLite database, a folder of logs and one of executed notebooks; several
/// programs may use it at once. Values of variables and parameters are stored only as salted
/// hashes, except the parameters in executed notebooks. The record is used only if it belongs to
/// this user and no other user can write to it.
public final class PipelineHistory: Sendable {
  /// The directory.
  public let directory: String

  /// A notice for the user: a newer version of Lyre created the record, and it is opened read-only.
  public let notice: String?

  let reader: any DatabaseReader
  /// Nil if the record is opened read-only.
  let writer: DatabasePool?
  package let salt: String
  /// The executed notebooks and the pipelines of runs.
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

  /// Opens the record for writing, and creates it if it does not exist.
  ///
  /// - Throws: ``HistoryError``, also if a newer version of Lyre created the record.
  public init(directory: String) throws(HistoryError) {
    self.directory = directory
    store = ContentStore(directory: directory + "/objects")
    let path = PipelineHistory.path(in: directory)
    do {
      try RecordFolder.make(directory)
      try RecordTrust.check(directory)
      let lock = try RecordTrust.lock(path + ".lock")
      defer { if let lock { close(lock) } }
      try RecordTrust.make(path)
      var configuration = Configuration()
      configuration.busyMode = .timeout(10)
      configuration.label = "lyre"
      let pool = try DatabasePool(path: path, configuration: configuration)
      let migrations = RecordSchema.migrations
      if try pool.read(migrations.hasBeenSuperseded) {
        throw HistoryError(
          description: "a newer version of Lyre created it; use that version, or --state DIR for "
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

  /// Opens the record read-only.
  ///
  /// - Returns: nil if there is no record.
  /// - Throws: ``HistoryError``.
  public static func reading(_ directory: String) throws(HistoryError) -> PipelineHistory? {
    let path = path(in: directory)
    do {
      try RecordTrust.check(directory)
      guard access(path, F_OK) == 0 else { return nil }
      let queue = try open(path)
      let (isNewer, isComplete, salt) = try queue.read { database in
        (
          try RecordSchema.migrations.hasBeenSuperseded(database),
          try RecordSchema.migrations.hasCompletedMigrations(database),
          try? PipelineHistory.salt(database)
        )
      }
      // A record of an older version is upgraded first.
      if !isNewer, !isComplete { return try PipelineHistory(directory: directory) }
      return PipelineHistory(
        directory, queue, salt ?? "",
        notice: isNewer
          ? "a newer version of Lyre created the record of runs '\(path)'; it can only be read"
          : nil)
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
      if access(FilePath.parts(path).directory, W_OK) == 0 {
        // Another program may just be ending its run: a connection that may write waits for that,
        // and sees all later changes.
        configuration.readonly = false
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA query_only = 1") }
        return try DatabaseQueue(path: path, configuration: configuration)
      }
      // If no file can be created beside it, no other program can be writing it either.
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

  package static func text(_ error: any Error) -> String {
    guard let error = error as? DatabaseError else { return "\(error)" }
    return error.message ?? "\(error.resultCode)"
  }
}

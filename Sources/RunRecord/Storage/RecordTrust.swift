import Glibc
import SystemSupport

/// Checks that the record of runs belongs to this user, because its content determines the nodes to run.
enum RecordTrust {
  /// Checks the directory and the database in it, if they exist.
  ///
  /// - Throws: ``HistoryError`` with the untrusted file and the reason.
  static func check(_ directory: String) throws(HistoryError) {
    // A user who can replace a link can also change its target.
    let real = FilePath.real(directory) ?? directory
    try check(real) { (path) throws(Distrust) in try Trust.openDirectory(path) }
    try check("\(real)/runs") { (path) throws(Distrust) in try Trust.openDirectory(path) }
    for name in ["pipelines.sqlite", "pipelines.sqlite-wal", "pipelines.sqlite-shm"] {
      // Not opened: closing it would release the locks that SQLite has on it in this process, and
      // a program that ends its run would remove the log that this one reads.
      try check("\(real)/\(name)") { (path) throws(Distrust) in
        try Trust.checkFile(path)
        return nil
      }
    }
  }

  private static func check(_ path: String, _ open: (String) throws(Distrust) -> Int32?)
    throws(HistoryError)
  {
    do throws(Distrust) {
      if let descriptor = try open(path) { close(descriptor) }
    } catch {
      throw distrusted(path, error)
    }
  }

  private static func distrusted(_ path: String, _ reason: Distrust) -> HistoryError {
    let remedy =
      if case .mode = reason { "; restrict it with `chmod go-rwx`" } else { "" }
    return HistoryError(description: "'\(path)' \(reason), and is not trusted\(remedy)")
  }

  /// Creates an empty database that only its owner can read; SQLite gives its other files the same
  /// mode.
  static func make(_ path: String) throws(HistoryError) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
    guard descriptor >= 0 else {
      throw HistoryError(description: "it cannot be opened: \(systemReason(errno))")
    }
    close(descriptor)
  }

  /// Acquires a lock, so that one program at a time creates or opens the record.
  ///
  /// SQLite does not wait for another program that switches to its write-ahead log at the same
  /// moment: it reports that the database is locked, whatever its timeout.
  ///
  /// - Returns: the file to close afterwards; nil if there can be none.
  /// - Throws: ``HistoryError`` if the file belongs to another user.
  static func lock(_ path: String) throws(HistoryError) -> Int32? {
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
    guard file >= 0 else { return nil }
    do throws(HistoryError) {
      try check(path) { (path) throws(Distrust) in try Trust.openFile(path) }
    } catch {
      close(file)
      throw error
    }
    while flock(file, LOCK_EX) != 0 {
      guard errno == EINTR else {
        close(file)
        return nil
      }
    }
    return file
  }
}

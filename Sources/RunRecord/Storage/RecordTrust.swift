import Glibc
import SystemSupport

/// Sees to it that the record of runs is this user's own: what is in it decides what is run.
enum RecordTrust {
  /// Checks the directory and the database in it, as far as they are there.
  ///
  /// - Throws: ``HistoryError``: what is not to be trusted, and why.
  static func check(_ directory: String) throws(HistoryError) {
    // Whoever may write where a link lies may also choose where it leads.
    let real = FilePath.real(directory) ?? directory
    try check(real) { (path) throws(Distrust) in try Trust.openDirectory(path) }
    for name in ["pipelines.sqlite", "pipelines.sqlite-wal", "pipelines.sqlite-shm"] {
      try check("\(real)/\(name)") { (path) throws(Distrust) in try Trust.openFile(path) }
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
      if case .mode = reason { "; `chmod go-rwx` closes it" } else { "" }
    return HistoryError(description: "'\(path)' \(reason), and is not trusted\(remedy)")
  }

  /// Makes an empty database that only its owner can read; SQLite makes its other files so too.
  static func make(_ path: String) throws(HistoryError) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
    guard descriptor >= 0 else {
      throw HistoryError(description: "it cannot be opened: \(systemReason(errno))")
    }
    close(descriptor)
  }

  /// Lets one program at a time make or open the record.
  ///
  /// SQLite does not wait for another program that turns on its log at the same moment: it says
  /// that the database is locked, whatever it was told about waiting.
  ///
  /// - Returns: the file that is to be closed afterwards; nil where there can be none.
  /// - Throws: ``HistoryError`` where the file is not ours.
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

import Glibc
import SystemSupport

/// The folders of the record of runs: this user's own, and closed to all others.
enum RecordFolder {
  /// Makes a folder and those around it.
  ///
  /// - Throws: ``HistoryError``.
  static func make(_ path: String) throws(HistoryError) {
    do throws(SystemError) {
      try FilePath.makeDirectories(path, mode: 0o700)
    } catch {
      throw HistoryError.unwritable("'\(path)' cannot be made: \(error)")
    }
  }
}

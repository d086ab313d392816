import Glibc
import SystemSupport

/// The folders of the record of runs, which belong to this user and are inaccessible to others.
enum RecordFolder {
  /// Creates a folder and its parent folders.
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

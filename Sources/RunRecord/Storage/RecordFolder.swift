import Glibc
import JupyterProtocol
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

  /// Checks that a folder belongs to this user, if it exists.
  ///
  /// - Throws: ``HistoryError``.
  static func check(_ path: String) throws(HistoryError) {
    do throws(Distrust) {
      if let descriptor = try Trust.openDirectory(path) { close(descriptor) }
    } catch {
      throw HistoryError(description: "'\(path)' is not used: it \(error)")
    }
  }

  /// Replaces a file atomically by one that is readable for its owner only.
  static func replace(_ path: String, _ content: [ArraySlice<UInt8>]) throws(SystemError) {
    let new = "\(path).\(getpid()).\(hexadecimal(randomBytes(count: 8)))"
    try createPrivateFile(new, content)
    guard rename(new, path) == 0 else {
      let failure = SystemError()
      unlink(new)
      throw failure
    }
  }
}

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
    let mark = randomBytes(count: 8).map { String($0, radix: 16) }.joined()
    let new = "\(path).\(getpid()).\(mark)"
    let descriptor = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw SystemError() }
    do throws(SystemError) {
      defer { close(descriptor) }
      for piece in content { try writeAll(descriptor, piece) }
      guard rename(new, path) == 0 else { throw SystemError() }
    } catch {
      unlink(new)
      throw error
    }
  }
}

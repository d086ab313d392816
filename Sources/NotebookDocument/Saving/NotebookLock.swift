import Glibc
import Synchronization
import SystemSupport

/// Ensures that a notebook is run only once at a time, under any of its names.
///
/// It is a lock on the file itself, and moves to the new file that each save puts in its place. It
/// is released when this program ends, however it ends, and leaves nothing behind. Reading the
/// notebook needs no lock.
public final class NotebookLock: Sendable {
  /// The path as given.
  public let path: String
  private let held: Mutex<FileLock?>

  /// Acquires the lock; a file that does not exist is locked when it is first written.
  ///
  /// - Throws: ``NotebookError`` with the code `inUse` when another run holds it.
  public init(_ path: String) throws(NotebookError) {
    self.path = path
    held = Mutex(try NotebookLock.take(path))
  }

  /// Acquires the lock on the current file of that name, if someone replaced it.
  func follow() {
    held.withLock { held in
      guard let identity = FileIdentity(FilePath.target(path)), held?.identity != identity,
        let lock = try? NotebookLock.take(path)
      else { return }
      held = lock
    }
  }

  /// Writes the file and keeps its lock.
  ///
  /// - Parameters:
  ///   - pieces: the consecutive pieces of the content.
  ///   - model: the file whose mode a new file gets; nil for the usual one.
  /// - Throws: ``NotebookError`` when it could not be written; the old content is then still there.
  package func write(_ pieces: [ArraySlice<UInt8>], like model: String? = nil)
    throws(NotebookError)
  {
    var lock = held.withLock { $0 }
    try NotebookFile(path).write(pieces: pieces, lock: &lock, like: model)
    let now = lock
    held.withLock { $0 = now }
  }

  private static func take(_ path: String) throws(NotebookError) -> FileLock? {
    let target = FilePath.target(path)
    var status = stat()
    guard stat(target, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    // If the file cannot be opened, reading it will report the error.
    let taken = Result { () throws(SystemError) in try FileLock.take(target) }
    guard case .success(let lock) = taken else { return nil }
    if let lock { return lock }
    let holder = FileLock.holder(of: target)
    let who = holder == getpid() ? " by this command" : holder.map { " by process \($0)" } ?? ""
    throw NotebookError(
      .inUse, "'\(path)' is already being run\(who); wait until that run has ended, or stop it")
  }
}

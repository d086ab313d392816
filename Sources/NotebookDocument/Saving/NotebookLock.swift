import Glibc
import Synchronization
import SystemSupport

/// Sees to it that a notebook is run once at a time, whatever it is called.
///
/// It is a lock on the file itself, and goes on with the new file that each save puts in its place.
/// It ends with this program, however that ends, and leaves nothing behind. Reading the notebook
/// needs none.
public final class NotebookLock: Sendable {
  /// The path as it was given.
  public let path: String
  private let held: Mutex<FileLock?>

  /// Takes the lock; a file that is not there is locked when it is written first.
  ///
  /// - Throws: ``NotebookError`` with the code `inUse` when another run has it.
  public init(_ path: String) throws(NotebookError) {
    self.path = path
    held = Mutex(try NotebookLock.take(path))
  }

  /// Takes the lock on the file that has the name now, where somebody has put another one there.
  func follow() {
    held.withLock { held in
      guard let identity = FileIdentity(FilePath.target(path)), held?.identity != identity,
        let lock = try? NotebookLock.take(path)
      else { return }
      held = lock
    }
  }

  /// Writes the file and goes on with its lock.
  func write(_ pieces: [ArraySlice<UInt8>], like model: String? = nil) throws(NotebookError) {
    var lock = held.withLock { $0 }
    try NotebookFile(path).write(pieces: pieces, lock: &lock, like: model)
    let now = lock
    held.withLock { $0 = now }
  }

  private static func take(_ path: String) throws(NotebookError) -> FileLock? {
    let target = FilePath.target(path)
    var status = stat()
    guard stat(target, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    // Whoever may not even read it will be told so when it is read.
    let taken = Result { () throws(SystemError) in try FileLock.take(target) }
    guard case .success(let lock) = taken else { return nil }
    if let lock { return lock }
    let holder = FileLock.holder(of: target)
    let who = holder == getpid() ? " by this command" : holder.map { " by process \($0)" } ?? ""
    throw NotebookError(
      .inUse, "'\(path)' is already being run\(who); wait until that run has ended, or stop it")
  }
}

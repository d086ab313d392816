import Glibc
import JupyterProtocol
import SystemSupport

/// Sees to it that a pipeline runs once at a time.
///
/// It is a lock on a file that ends with this program, however that ends: on the pipeline's own, and
/// on one in the record of runs, for an editor may put a new file in the place of the old one.
public final class PipelineLock: Sendable {
  private let descriptor: Int32

  /// Takes the lock.
  ///
  /// - Returns: nil when another run has it.
  /// - Throws: ``HistoryError`` when the file cannot be locked.
  public static func take(_ path: String) throws(HistoryError) -> PipelineLock? {
    try take(path, flags: O_RDONLY)
  }

  fileprivate static func take(_ path: String, flags: Int32) throws(HistoryError) -> PipelineLock? {
    let descriptor = open(path, flags | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw HistoryError(description: "'\(path)' cannot be opened: \(systemReason(errno))")
    }
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      if errno == EINTR { continue }
      let number = errno
      close(descriptor)
      if number == EWOULDBLOCK { return nil }
      throw HistoryError(description: "'\(path)' cannot be locked: \(systemReason(number))")
    }
    return PipelineLock(descriptor)
  }

  private init(_ descriptor: Int32) {
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }
}

extension PipelineHistory {
  /// Takes the lock of a pipeline that is the same when its file is replaced.
  ///
  /// - Parameter pipeline: the pipeline's file without links.
  /// - Returns: nil when another run has it.
  /// - Throws: ``HistoryError`` when nothing can be written beside the record.
  public func takeLock(of pipeline: String) throws(HistoryError) -> PipelineLock? {
    try RecordFolder.make("\(directory)/locks")
    return try PipelineLock.take(lockPath(of: pipeline), flags: O_RDWR | O_CREAT | O_NOFOLLOW)
  }

  private func lockPath(of pipeline: String) -> String {
    var hash = ContentHash()
    hash.add(pipeline)
    return "\(directory)/locks/\(hash.hexadecimal())"
  }

  /// Whether a run of a pipeline goes on: whether its lock is held.
  ///
  /// The number of a process says little: after a while, or after a start of the machine, another
  /// one has it.
  ///
  /// - Parameters:
  ///   - pipeline: the pipeline's file without links.
  ///   - process: the process of the run, for systems that do not tell who holds locks.
  func isRunning(_ pipeline: String, process: Int32) -> Bool {
    if access("/proc/locks", R_OK) == 0 {
      return FileLock.holder(of: lockPath(of: pipeline)) != nil
    }
    return kill(process, 0) == 0 || errno != ESRCH
  }
}

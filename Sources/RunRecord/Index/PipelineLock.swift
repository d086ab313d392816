import Glibc
import JupyterProtocol
import SystemSupport

/// Ensures that only one run of a pipeline is active at a time.
///
/// The lock is released when this program ends, however it ends. It covers the pipeline's own file
/// and a file in the record of runs, because an editor may replace the pipeline's file by a new
/// one.
public final class PipelineLock: Sendable {
  private let descriptor: Int32

  /// Acquires the lock.
  ///
  /// - Returns: nil if another run holds it.
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
  /// Acquires the lock of a pipeline, independently of its file being replaced.
  ///
  /// - Parameter pipeline: the real path of the pipeline's file.
  /// - Returns: nil if another run holds it.
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

  /// Whether a run of a pipeline is active, which means that its lock is held.
  ///
  /// The process ID is not enough: after a while, or a restart of the machine, another process has
  /// it.
  ///
  /// - Parameters:
  ///   - pipeline: the real path of the pipeline's file.
  ///   - process: the process ID of the run, for systems that do not report holders of locks.
  func isRunning(_ pipeline: String, process: Int32) -> Bool {
    if access("/proc/locks", R_OK) == 0 {
      return FileLock.holder(of: lockPath(of: pipeline)) != nil
    }
    return kill(process, 0) == 0 || errno != ESRCH
  }
}

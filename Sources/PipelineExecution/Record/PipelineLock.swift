import Glibc

/// Sees to it that a pipeline runs once at a time.
///
/// It is a lock on the pipeline's file that ends with this program, however that ends.
public final class PipelineLock: Sendable {
  private let descriptor: Int32

  /// Takes the lock.
  ///
  /// - Returns: nil when another run has it.
  /// - Throws: ``HistoryError`` when the file cannot be locked.
  public static func take(_ path: String) throws(HistoryError) -> PipelineLock? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
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

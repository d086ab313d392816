import Synchronization

/// Ensures that files are saved one after another.
final class Saving: Sendable {
  private let lock = Mutex(())

  /// Runs a function while no other one runs.
  func alone<R: Sendable>(_ body: () throws(WebError) -> R) throws(WebError) -> R {
    let result = lock.withLock { _ in Result { () throws(WebError) in try body() } }
    return try result.get()
  }
}

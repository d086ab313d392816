import Synchronization

/// Ensures that files are saved one after another.
final class Saving: Sendable {
  private let lock = Mutex(())

  /// Runs a function while no other one runs.
  func alone<R: Sendable>(_ body: () throws(WebError) -> R) throws(WebError) -> R {
    try lock.withLock { _ throws(WebError) in try body() }
  }
}

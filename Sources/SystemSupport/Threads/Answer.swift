import Synchronization

/// A result that one thread supplies and another waits for.
package final class Answer<Value: Sendable>: Sendable {
  private let value = Mutex<Value?>(nil)
  private let isGiven = Semaphore()

  /// Creates an answer without a result.
  package init() {}

  /// Supplies the result, once.
  package func give(_ result: Value) {
    value.withLock { $0 = result }
    isGiven.signal()
  }

  /// Waits for the result, on one thread.
  package func wait() -> Value {
    while true {
      if let result = value.withLock({ $0 }) { return result }
      isGiven.wait()
    }
  }

  /// Waits for the result for a limited time, on one thread; nil if there is none by then.
  package func wait(milliseconds: Int) -> Value? {
    isGiven.wait(milliseconds: milliseconds) ? value.withLock { $0 } : nil
  }
}

import Synchronization

/// A result that one thread waits for and another gives.
package final class Answer<Value: Sendable>: Sendable {
  private let value = Mutex<Value?>(nil)
  private let isGiven = Semaphore()

  /// An answer that has not been given.
  package init() {}

  /// Gives the answer, once.
  package func give(_ result: Value) {
    value.withLock { $0 = result }
    isGiven.signal()
  }

  /// Waits for the answer, on one thread.
  package func wait() -> Value {
    while true {
      if let result = value.withLock({ $0 }) { return result }
      isGiven.wait()
    }
  }
}

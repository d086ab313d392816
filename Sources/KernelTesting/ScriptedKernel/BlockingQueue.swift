import Synchronization
import SystemSupport

/// A queue between threads of this process; taking blocks, optionally until a deadline.
final class BlockingQueue<Element: Sendable>: Sendable {
  private let elements = Mutex<[Element]>([])
  private let count = Semaphore()

  func put(_ element: Element) {
    elements.withLock { $0.append(element) }
    count.signal()
  }

  /// Removes the first element, waiting until there is one.
  func take() -> Element {
    while true {
      count.wait()
      if let element = takeNow() { return element }
    }
  }

  /// Removes the first element; nil if there is none within this time.
  func take(withinMilliseconds milliseconds: Int) -> Element? {
    let deadline = ContinuousClock.now + .milliseconds(milliseconds)
    while true {
      let rest = (deadline - .now).totalNanoseconds / 1_000_000
      guard count.wait(milliseconds: Int(max(rest, 0))) else { return takeNow() }
      if let element = takeNow() { return element }
    }
  }

  /// Removes all elements without waiting.
  func takeAll() -> [Element] {
    elements.withLock { elements in
      defer { elements = [] }
      return elements
    }
  }

  private func takeNow() -> Element? {
    elements.withLock { $0.isEmpty ? nil : $0.removeFirst() }
  }
}

/// Starts a thread that runs until it returns or the process ends.
func startThread(_ body: @escaping @Sendable () -> Void) {
  do throws(SystemError) {
    try startThread(takesSignals: true, body)
  } catch {
    preconditionFailure("cannot start a thread: \(error)")
  }
}

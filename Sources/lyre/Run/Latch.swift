import Synchronization

/// A one-time event that any number of tasks can wait for.
final class Latch: Sendable {
  private struct State {
    var isOpen = false
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  /// Creates a latch, by default closed.
  init(isOpen: Bool = false) {
    state.withLock { $0.isOpen = isOpen }
  }

  /// Whether it is open.
  var isOpen: Bool { state.withLock { $0.isOpen } }

  /// Opens the latch, and resumes all waiting tasks.
  func open() {
    let waiters = state.withLock { state in
      state.isOpen = true
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Waits until it is open.
  func wait() async {
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        if !state.isOpen { state.waiters.append(continuation) }
        return state.isOpen
      }
      if isOpen { continuation.resume() }
    }
  }
}

import Synchronization

/// Something that happens once, for any number of tasks to wait for.
final class Latch: Sendable {
  private struct State {
    var isOpen = false
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  /// A latch that is open from the beginning, or not.
  init(isOpen: Bool = false) {
    state.withLock { $0.isOpen = isOpen }
  }

  /// Whether it has happened.
  var isOpen: Bool { state.withLock { $0.isOpen } }

  /// It has happened; all who wait go on.
  func open() {
    let waiters = state.withLock { state in
      state.isOpen = true
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Waits until it has happened.
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

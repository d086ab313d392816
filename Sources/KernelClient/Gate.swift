import Synchronization

/// A one-time event that any number of tasks can wait for.
final class Gate: Sendable {
  private struct State {
    var isOpen = false
    var waiters: [Mailbox<Never>] = []
  }

  private let state = Mutex(State())

  /// Resumes all waiting tasks; later waits return at once.
  func open() {
    let waiters = state.withLock { state in
      state.isOpen = true
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.finish() }
  }

  /// Waits until the gate is open, the deadline has passed or the task is cancelled.
  func wait(until deadline: ContinuousClock.Instant) async {
    let waiter = Mailbox<Never>()
    let isOpen = state.withLock { state in
      if !state.isOpen { state.waiters.append(waiter) }
      return state.isOpen
    }
    if isOpen { return }
    _ = await waiter.next(until: deadline)
    state.withLock { $0.waiters.removeAll { $0 === waiter } }
  }

  /// The number of waiting tasks.
  var waiting: Int { state.withLock { $0.waiters.count } }
}

import Synchronization

/// Something that happens once, and that any number of tasks wait for.
final class Gate: Sendable {
  private struct State {
    var isOpen = false
    var waiters: [Mailbox<Never>] = []
  }

  private let state = Mutex(State())

  /// Lets everybody go on, now and later.
  func open() {
    let waiters = state.withLock { state in
      state.isOpen = true
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.finish() }
  }

  /// Waits until it is open, the deadline has passed or the task is cancelled.
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

  /// How many wait.
  var waiting: Int { state.withLock { $0.waiters.count } }
}

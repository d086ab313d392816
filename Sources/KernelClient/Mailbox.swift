import Synchronization

/// An unbounded queue from any thread to one consuming task, emptied in batches.
///
/// Putting something in never waits and wakes the consumer at most once for everything that is in
/// the box, so the cost of a hop between threads is paid once a wake-up and not once a message.
final class Mailbox<Element: Sendable>: Sendable {
  private struct State {
    var elements: [Element] = []
    var isFinished = false
    var isWoken = false
    var waiter: Waiter?
  }

  /// The consumer, asleep; the number tells its sleep from an earlier one that was cancelled.
  private struct Waiter {
    var ticket: UInt64
    var continuation: CheckedContinuation<Void, Never>
  }

  private let state = Mutex(State())
  private let tickets = Atomic<UInt64>(0)

  /// Puts an element in; what comes after `finish()` is dropped.
  func put(_ element: Element) {
    put(contentsOf: CollectionOfOne(element))
  }

  /// Puts several elements in, in order.
  func put(contentsOf elements: some Collection<Element>) {
    let waiter = state.withLock { state -> Waiter? in
      guard !state.isFinished else { return nil }
      state.elements.append(contentsOf: elements)
      return state.waiter.take()
    }
    waiter?.continuation.resume()
  }

  /// Has the consumer's wait with a deadline end now, as if the deadline had passed.
  func wake() {
    let waiter = state.withLock { state -> Waiter? in
      state.isWoken = true
      return state.waiter.take()
    }
    waiter?.continuation.resume()
  }

  /// No more will come; what is in the box can still be taken.
  func finish() {
    let waiter = state.withLock { state -> Waiter? in
      state.isFinished = true
      return state.waiter.take()
    }
    waiter?.continuation.resume()
  }

  /// Everything in the box, without waiting; empty when there is nothing.
  func takeAll() -> [Element] {
    state.withLock { state in
      let elements = state.elements
      state.elements = []
      return elements
    }
  }

  /// Everything in the box, once there is something; nil when it is finished and empty, or when
  /// the task was cancelled while it waited.
  func next() async -> [Element]? {
    while true {
      let (elements, isFinished) = state.withLock { state in
        let elements = state.elements
        state.elements = []
        return (elements, state.isFinished)
      }
      if !elements.isEmpty { return elements }
      if isFinished || Task.isCancelled { return nil }
      await wait()
    }
  }

  /// As `next()`, but an empty array when the deadline passed, or `wake()` was called, first.
  func next(until deadline: ContinuousClock.Instant) async -> [Element]? {
    let present = takeAll()
    if !present.isEmpty { return present }
    if takeWake() { return [] }
    guard ContinuousClock.now < deadline else {
      return state.withLock { $0.isFinished } ? nil : []
    }
    let came = await withTaskGroup(of: Bool.self) { group in
      group.addTask {
        await self.waitForContent()
        return true
      }
      group.addTask {
        // Cancelled as soon as something came.
        try? await Task.sleep(until: deadline, clock: .continuous)
        return false
      }
      let first = await group.next() ?? false
      group.cancelAll()
      return first
    }
    let elements = takeAll()
    if !elements.isEmpty { return elements }
    if takeWake() { return [] }
    if Task.isCancelled || (came && state.withLock { $0.isFinished }) { return nil }
    return []
  }

  private func takeWake() -> Bool {
    state.withLock { state in
      defer { state.isWoken = false }
      return state.isWoken
    }
  }

  /// Waits until there is something, or never will be, or the task is cancelled.
  private func waitForContent() async {
    while !Task.isCancelled {
      if state.withLock({ !$0.elements.isEmpty || $0.isFinished || $0.isWoken }) { return }
      await wait()
    }
  }

  private func wait() async {
    let ticket = tickets.add(1, ordering: .relaxed).newValue
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let resumeNow = state.withLock { state -> Bool in
          // Cancelled before we got here: the handler has run already and found nobody.
          if !state.elements.isEmpty || state.isFinished || state.isWoken || Task.isCancelled {
            return true
          }
          precondition(state.waiter == nil, "a mailbox has one consumer")
          state.waiter = Waiter(ticket: ticket, continuation: continuation)
          return false
        }
        if resumeNow { continuation.resume() }
      }
    } onCancel: {
      let waiter = state.withLock { state -> Waiter? in
        guard state.waiter?.ticket == ticket else { return nil }
        return state.waiter.take()
      }
      waiter?.continuation.resume()
    }
  }
}

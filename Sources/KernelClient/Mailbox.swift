import Dispatch
import Synchronization

/// An unbounded queue from any thread to one consuming task, emptied in batches.
///
/// Adding never waits, and wakes the consumer at most once for everything in the box, so a thread
/// switch is paid per wake-up and not per message.
final class Mailbox<Element: Sendable>: Sendable {
  private struct State {
    var elements: [Element] = []
    var isFinished = false
    var isWoken = false
    var waiter: Waiter?
    /// When the timer fires; nil when it is not set.
    ///
    /// It serves many waits: it is not reset when an element arrives, and when it fires before the
    /// deadline of the current wait, it is set again.
    var alarm: ContinuousClock.Instant?
    /// Wakes the consumer; created for the first wait with a deadline.
    var timer: (any DispatchSourceTimer)?
  }

  /// The suspended consumer; the number distinguishes this wait from an earlier one that was
  /// cancelled.
  private struct Waiter {
    var ticket: UInt64
    var deadline: ContinuousClock.Instant?
    var continuation: CheckedContinuation<Void, Never>
  }

  private let state = Mutex(State())
  private let tickets = Atomic<UInt64>(0)

  /// Adds an element; after `finish()` elements are dropped.
  func put(_ element: Element) {
    put(contentsOf: CollectionOfOne(element))
  }

  /// Adds several elements, in order.
  func put(contentsOf elements: some Collection<Element>) {
    let waiter = state.withLock { state -> Waiter? in
      guard !state.isFinished else { return nil }
      state.elements.append(contentsOf: elements)
      return state.waiter.take()
    }
    waiter?.continuation.resume()
  }

  /// Ends the consumer's wait with a deadline, as if the deadline had passed.
  func wake() {
    let waiter = state.withLock { state -> Waiter? in
      state.isWoken = true
      return state.waiter.take()
    }
    waiter?.continuation.resume()
  }

  /// Marks the end: no more elements are added, but those in the box can still be taken.
  func finish() {
    let waiter = state.withLock { state -> Waiter? in
      state.isFinished = true
      state.timer?.cancel()
      state.timer = nil
      return state.waiter.take()
    }
    waiter?.continuation.resume()
  }

  deinit { state.withLock { $0.timer?.cancel() } }

  /// Returns everything in the box without waiting; empty if there is nothing.
  func takeAll() -> [Element] {
    state.withLock { state in
      let elements = state.elements
      state.elements = []
      return elements
    }
  }

  /// Whether the consumer is suspended and has taken everything.
  var isDrained: Bool { state.withLock { $0.waiter != nil && $0.elements.isEmpty } }

  /// Returns everything in the box once there is something; nil when the mailbox is finished and
  /// empty, or when the task was cancelled during the wait.
  func next() async -> [Element]? {
    while true {
      // A wait without a deadline ignores wake-ups.
      if let elements = await next(until: nil) {
        if !elements.isEmpty { return elements }
      } else {
        return nil
      }
    }
  }

  /// Like `next()`, but returns an empty array if the deadline passed or `wake()` was called first.
  ///
  /// - Parameter deadline: when to stop waiting; nil waits without a limit.
  func next(until deadline: ContinuousClock.Instant?) async -> [Element]? {
    while true {
      if let result = takeWhatIsThere(until: deadline) { return result }
      if Task.isCancelled { return nil }
      await wait(until: deadline)
    }
  }

  /// The result of a wait; nil while it continues.
  ///
  /// The state is read at one moment: elements added before the end are returned before the end.
  private func takeWhatIsThere(until deadline: ContinuousClock.Instant?) -> [Element]?? {
    state.withLock { state -> [Element]?? in
      if !state.elements.isEmpty {
        defer { state.elements = [] }
        return .some(state.elements)
      }
      if state.isFinished { return .some(nil) }
      if state.isWoken {
        state.isWoken = false
        return .some([])
      }
      if let deadline, deadline <= .now, !Task.isCancelled { return .some([]) }
      return nil
    }
  }

  // MARK: Waiting

  private func wait(until deadline: ContinuousClock.Instant? = nil) async {
    let ticket = tickets.add(1, ordering: .relaxed).newValue
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let resumeNow = state.withLock { state -> Bool in
          // Cancelled before this point: the handler has already run and found no waiter.
          if !state.elements.isEmpty || state.isFinished || state.isWoken || Task.isCancelled {
            return true
          }
          precondition(state.waiter == nil, "a mailbox has one consumer")
          state.waiter = Waiter(ticket: ticket, deadline: deadline, continuation: continuation)
          return false
        }
        if resumeNow {
          continuation.resume()
        } else if let deadline {
          // Only once the waiter is set, because the timer may fire at once.
          setAlarm(for: deadline)
        }
      }
    } onCancel: {
      let waiter = state.withLock { state -> Waiter? in
        guard state.waiter?.ticket == ticket else { return nil }
        return state.waiter.take()
      }
      waiter?.continuation.resume()
    }
  }

  /// Makes sure that the timer fires at a time or before.
  private func setAlarm(for time: ContinuousClock.Instant) {
    state.withLock { state in
      guard !state.isFinished else { return }
      if let alarm = state.alarm, alarm <= time { return }
      state.alarm = time
      let timer = state.timer ?? makeTimer()
      state.timer = timer
      let delay = max(.zero, time - .now) / .nanoseconds(1)
      // Limits times that are too large for the queue to count.
      timer.schedule(deadline: .now() + .nanoseconds(Int(min(delay, 1e18))))
    }
  }

  private func makeTimer() -> any DispatchSourceTimer {
    let timer = DispatchSource.makeTimerSource(queue: .global())
    timer.setEventHandler { [weak self] in self?.ring() }
    timer.resume()
    return timer
  }

  private func ring() {
    let (waiter, next) = state.withLock { state -> (Waiter?, ContinuousClock.Instant?) in
      // The timer was set again while it fired.
      guard let alarm = state.alarm, alarm <= .now else { return (nil, nil) }
      state.alarm = nil
      guard let deadline = state.waiter?.deadline else { return (nil, nil) }
      return deadline <= .now ? (state.waiter.take(), nil) : (nil, deadline)
    }
    waiter?.continuation.resume()
    if let next { setAlarm(for: next) }
  }
}

import Dispatch
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
    /// When the timer rings; nil when it is not set.
    ///
    /// It serves many waits: it is not set back when something comes, and when it rings before the
    /// deadline of the wait that it finds, it is set anew.
    var alarm: ContinuousClock.Instant?
    /// What wakes the consumer; made for the first wait with a deadline.
    var timer: (any DispatchSourceTimer)?
  }

  /// The consumer, asleep; the number tells its sleep from an earlier one that was cancelled.
  private struct Waiter {
    var ticket: UInt64
    var deadline: ContinuousClock.Instant?
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
      state.timer?.cancel()
      state.timer = nil
      return state.waiter.take()
    }
    waiter?.continuation.resume()
  }

  deinit { state.withLock { $0.timer?.cancel() } }

  /// Everything in the box, without waiting; empty when there is nothing.
  func takeAll() -> [Element] {
    state.withLock { state in
      let elements = state.elements
      state.elements = []
      return elements
    }
  }

  /// Whether the consumer sleeps and has taken everything.
  var isDrained: Bool { state.withLock { $0.waiter != nil && $0.elements.isEmpty } }

  /// Everything in the box, once there is something; nil when it is finished and empty, or when
  /// the task was cancelled while it waited.
  func next() async -> [Element]? {
    while true {
      // To be woken is nothing to one who waits for elements only.
      if let elements = await next(until: nil) {
        if !elements.isEmpty { return elements }
      } else {
        return nil
      }
    }
  }

  /// As `next()`, but an empty array when the deadline passed, or `wake()` was called, first.
  ///
  /// - Parameter deadline: when to stop waiting; nil for never.
  func next(until deadline: ContinuousClock.Instant?) async -> [Element]? {
    while true {
      if let result = takeWhatIsThere(until: deadline) { return result }
      if Task.isCancelled { return nil }
      await wait(until: deadline)
    }
  }

  /// What a wait has come to; nil while it goes on.
  ///
  /// All is seen at one moment: what was put in before the end is taken before the end is told.
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
          // Cancelled before we got here: the handler has run already and found nobody.
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
          // Not before there is somebody to wake: it may ring at once.
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

  /// Sees to it that an alarm rings at a time or before.
  private func setAlarm(for time: ContinuousClock.Instant) {
    state.withLock { state in
      guard !state.isFinished else { return }
      if let alarm = state.alarm, alarm <= time { return }
      state.alarm = time
      let timer = state.timer ?? makeTimer()
      state.timer = timer
      let delay = max(.zero, time - .now) / .nanoseconds(1)
      // Times beyond what the queue can count are beyond any run.
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
      // It was set anew while it rang.
      guard let alarm = state.alarm, alarm <= .now else { return (nil, nil) }
      state.alarm = nil
      guard let deadline = state.waiter?.deadline else { return (nil, nil) }
      return deadline <= .now ? (state.waiter.take(), nil) : (nil, deadline)
    }
    waiter?.continuation.resume()
    if let next { setAlarm(for: next) }
  }
}

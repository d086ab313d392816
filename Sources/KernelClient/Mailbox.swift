@preconcurrency import Dispatch
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
    var alarm: Alarm?
  }

  /// A timer that wakes the consumer.
  ///
  /// One serves many waits: it is not cancelled when something comes, and when it rings before the
  /// deadline of the wait that it finds, it is set anew.
  private struct Alarm {
    var time: ContinuousClock.Instant
    var timer: DispatchWorkItem
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
      state.alarm?.timer.cancel()
      state.alarm = nil
      return state.waiter.take()
    }
    waiter?.continuation.resume()
  }

  deinit { state.withLock { $0.alarm?.timer.cancel() } }

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

  /// Whether the consumer sleeps and has taken everything.
  var isDrained: Bool { state.withLock { $0.waiter != nil && $0.elements.isEmpty } }

  /// As `next()`, but an empty array when the deadline passed, or `wake()` was called, first.
  func next(until deadline: ContinuousClock.Instant) async -> [Element]? {
    while true {
      let present = takeAll()
      if !present.isEmpty { return present }
      if takeWake() { return [] }
      if state.withLock({ $0.isFinished }) || Task.isCancelled { return nil }
      guard ContinuousClock.now < deadline else { return [] }
      await wait(until: deadline)
    }
  }

  private func takeWake() -> Bool {
    state.withLock { state in
      defer { state.isWoken = false }
      return state.isWoken
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
      if let alarm = state.alarm {
        if alarm.time <= time { return }
        alarm.timer.cancel()
      }
      let timer = DispatchWorkItem { [weak self] in self?.ring(time) }
      state.alarm = Alarm(time: time, timer: timer)
      let delay = max(.zero, time - .now) / .nanoseconds(1)
      // Times beyond what the queue can count are beyond any run.
      DispatchQueue.global().asyncAfter(
        deadline: .now() + .nanoseconds(Int(min(delay, 1e18))), execute: timer)
    }
  }

  private func ring(_ time: ContinuousClock.Instant) {
    let (waiter, next) = state.withLock { state -> (Waiter?, ContinuousClock.Instant?) in
      guard state.alarm?.time == time else { return (nil, nil) }
      state.alarm = nil
      guard let deadline = state.waiter?.deadline else { return (nil, nil) }
      return deadline <= .now ? (state.waiter.take(), nil) : (nil, deadline)
    }
    waiter?.continuation.resume()
    if let next { setAlarm(for: next) }
  }
}

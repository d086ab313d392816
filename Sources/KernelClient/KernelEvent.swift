public import JupyterProtocol
public import Processes

/// An event from a kernel; each channel's events come in the order in which they were sent.
public enum KernelEvent: Sendable {
  /// A message on iopub: outputs, status, comms.
  case iopub(Message)

  /// A reply on the shell or the control channel.
  case reply(Message, on: Channel)

  /// A request on stdin; answer it with ``Kernel/answerInput(_:to:)``.
  case inputRequest(Message)

  /// A message that failed verification or decoding; it was dropped.
  case rejected(WireError, on: Channel)

  /// The kernel's process ended; this is the last event.
  case exited(ExitStatus)
}

/// An asynchronous sequence of all events from a kernel, in batches, from the subscription on.
///
/// A batch contains all events since the last one, so a flood of small messages costs one wake-up
/// instead of one each. No event is dropped, however slow the consumer is. The sequence ends after
/// ``KernelEvent/exited(_:)`` or when the kernel's scope ends.
///
/// One task consumes it: two concurrent waits for its next batch are a programming error.
public struct KernelEvents: AsyncSequence, Sendable {
  /// All events since the last batch, in order; never empty.
  public typealias Element = [KernelEvent]

  /// The sequence never throws; its last event reports how the kernel ended.
  public typealias Failure = Never

  let mailbox: Mailbox<KernelEvent>

  /// Unsubscribes when it is released; nil if the scope unsubscribes.
  var subscription: Subscription?

  /// A subscription, which ends when this object is released.
  final class Subscription: Sendable {
    private let mailbox: Mailbox<KernelEvent>
    private let router: MessageRouter

    init(_ mailbox: Mailbox<KernelEvent>, _ router: MessageRouter) {
      self.mailbox = mailbox
      self.router = router
    }

    deinit { router.unsubscribe(mailbox) }
  }

  /// Returns the next batch: an empty one if the deadline passed or ``wake()`` was called first,
  /// nil at the end or when the task is cancelled.
  ///
  /// - Parameter deadline: when to stop waiting; nil waits without a limit.
  public func next(until deadline: ContinuousClock.Instant?) async -> [KernelEvent]? {
    await mailbox.next(until: deadline)
  }

  /// Ends the current wait with a deadline, which returns an empty batch; callable on any thread.
  public func wake() {
    mailbox.wake()
  }

  /// Iterates over the batches.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let mailbox: Mailbox<KernelEvent>
    let subscription: Subscription?

    /// Returns the next batch, or nil at the end.
    public mutating func next() async -> [KernelEvent]? {
      await mailbox.next()
    }
  }

  /// Makes an iterator over the batches still to come.
  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(mailbox: mailbox, subscription: subscription)
  }
}

public import JupyterProtocol
public import Processes

/// Something that came from a kernel, in the order in which each of its channels sent it.
public enum KernelEvent: Sendable {
  /// A message on iopub: outputs, status, comms.
  case iopub(Message)

  /// A reply on the shell or the control channel.
  case reply(Message, on: Channel)

  /// A request on stdin; it is answered with ``Kernel/answerInput(_:to:)``.
  case inputRequest(Message)

  /// A message that could not be trusted or understood; it was dropped.
  case rejected(WireError, on: Channel)

  /// The kernel's process ended; nothing comes after this.
  case exited(ExitStatus)
}

/// What a kernel sends, from the moment of subscription, as an asynchronous sequence of batches.
///
/// A batch is everything that came since the last one, so that a flood of small messages costs one
/// wake-up and not one each. Nothing is dropped however slow the consumer is. The sequence ends
/// after ``KernelEvent/exited(_:)`` or when the kernel's scope ends.
///
/// One task consumes it: that two wait for its next batch at once is a programming error.
public struct KernelEvents: AsyncSequence, Sendable {
  /// All that came since the last batch, in order; never empty.
  public typealias Element = [KernelEvent]

  /// It only ends; how is told by its last event.
  public typealias Failure = Never

  let mailbox: Mailbox<KernelEvent>

  /// What ends the subscription when nobody holds it any more; nil where somebody else ends it.
  var subscription: Subscription?

  /// A place among those who get everything, given back when it is let go.
  final class Subscription: Sendable {
    private let mailbox: Mailbox<KernelEvent>
    private let router: MessageRouter

    init(_ mailbox: Mailbox<KernelEvent>, _ router: MessageRouter) {
      self.mailbox = mailbox
      self.router = router
    }

    deinit { router.unsubscribe(mailbox) }
  }

  /// The next batch; an empty one when the deadline passed or ``wake()`` was called first, nil at
  /// the end or when the task is cancelled.
  ///
  /// - Parameter deadline: when to stop waiting; none waits until something comes.
  public func next(until deadline: ContinuousClock.Instant?) async -> [KernelEvent]? {
    await mailbox.next(until: deadline)
  }

  /// Has a wait with a deadline end now, with an empty batch; from any thread.
  public func wake() {
    mailbox.wake()
  }

  /// Iterates over the batches.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let mailbox: Mailbox<KernelEvent>
    let subscription: Subscription?

    /// The next batch, or nil at the end.
    public mutating func next() async -> [KernelEvent]? {
      await mailbox.next()
    }
  }

  /// An iterator over the batches still to come.
  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(mailbox: mailbox, subscription: subscription)
  }
}

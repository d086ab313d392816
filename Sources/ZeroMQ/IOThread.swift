import CSystemShims
import CZeroMQ
import Glibc
import Synchronization

/// The one thread that touches sockets.
///
/// It waits for all of them at once, takes in whatever has come and hands it on in batches, and
/// never waits for anything else; commands reach it through a queue. libzmq's sockets must not be
/// shared between threads, and its descriptors are edge-triggered: both are dealt with here, by
/// `zmq_poll` on one thread.
public final class IOThread: Sendable {
  /// The thread that all sockets of a process use unless told otherwise; it lives as long as the
  /// process.
  public static let shared = IOThread()

  typealias Command = @Sendable (IOLoop) -> Void

  private struct Queue {
    var commands: [Command] = []
    var isStopped = false
    var thread: pthread_t?
  }

  private let queue = Mutex(Queue())
  private let hasEnded = Semaphore()

  /// Wakes the thread; open as long as anybody can still signal it.
  private let wakeUp: Int32

  /// Starts a thread of its own, with a libzmq context of its own.
  public init() {
    wakeUp = lyre_eventfd()
    guard wakeUp >= 0, let context = zmq_ctx_new() else {
      fatalError("no descriptors or memory are left for the I/O thread")
    }
    zmq_ctx_set(context, ZMQ_MAX_SOCKETS, zmq_ctx_get(context, ZMQ_SOCKET_LIMIT))
    let loop = IOLoop(context: context, wakeUp: wakeUp, thread: self)
    var thread = pthread_t()
    // No signal is handled on this thread: they are the program's business.
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    let failure = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<IOLoop>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, Unmanaged.passRetained(loop).toOpaque())
    pthread_sigmask(SIG_SETMASK, &before, nil)
    guard failure == 0 else { fatalError("the I/O thread could not be started") }
    pthread_detach(thread)
  }

  deinit { Glibc.close(wakeUp) }

  /// Ends the thread and closes every socket that it still has; does not wait for it.
  ///
  /// A thread that is never stopped lives as long as the process, with or without sockets.
  public func stop() {
    queue.withLock { $0.isStopped = true }
    lyre_eventfd_signal(wakeUp)
  }

  /// Ends the thread, and returns when every socket is closed and what was sent has gone out, or
  /// when the linger of its socket has passed.
  public func stopAndWait() {
    stop()
    hasEnded.wait()
    hasEnded.signal()
  }

  /// Called by the thread as it begins.
  func begin() {
    queue.withLock { $0.thread = pthread_self() }
  }

  /// Called by the thread when it has let go of everything.
  func ended() {
    hasEnded.signal()
  }

  /// Called by the thread as it ends: no command is taken any more.
  ///
  /// - Returns: the commands that were queued and have not been done.
  func end() -> [Command] {
    queue.withLock { queue in
      queue.isStopped = true
      defer { queue.commands = [] }
      return queue.commands
    }
  }

  /// Has a command done on the thread; does not wait for it.
  ///
  /// - Returns: whether it will be done; not after ``stop()``.
  @discardableResult
  func enqueue(_ command: @escaping Command) -> Bool {
    let count = queue.withLock { queue -> Int in
      guard !queue.isStopped else { return 0 }
      queue.commands.append(command)
      return queue.commands.count
    }
    if count == 1 { lyre_eventfd_signal(wakeUp) }
    return count > 0
  }

  /// Has a command done on the thread and waits for its result: only for what is done at once.
  func perform<R: Sendable>(_ body: @escaping @Sendable (IOLoop) -> Result<R, ZeroMQError>)
    throws(ZeroMQError) -> R
  {
    let thread = queue.withLock { $0.thread }
    precondition(
      thread.map { pthread_equal($0, pthread_self()) == 0 } ?? true,
      "the I/O thread cannot wait for itself: a handler must only hand on what it is given")
    let answer = Answer<R>()
    guard enqueue({ loop in answer.give(body(loop)) }) else {
      throw ZeroMQError(.closed, "zmq_socket", reason: "the I/O thread was stopped")
    }
    return try answer.wait().get()
  }

  /// The commands that came since the last time, and whether to end.
  func takeCommands() -> (commands: [Command], isStopped: Bool) {
    queue.withLock { queue in
      let commands = queue.commands
      queue.commands = []
      return (commands, queue.isStopped)
    }
  }
}

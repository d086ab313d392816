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
  }

  private let queue = Mutex(Queue())
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

  /// Ends the thread and closes every socket that it still has: for tests, which count threads.
  public func stop() {
    queue.withLock { $0.isStopped = true }
    lyre_eventfd_signal(wakeUp)
  }

  /// Has a command done on the thread; does not wait for it.
  func enqueue(_ command: @escaping Command) {
    let isFirst = queue.withLock { queue -> Bool in
      guard !queue.isStopped else { return false }
      queue.commands.append(command)
      return queue.commands.count == 1
    }
    if isFirst { lyre_eventfd_signal(wakeUp) }
  }

  /// Has a command done on the thread and waits for its result: only for what is done at once.
  func perform<R: Sendable>(_ body: @escaping @Sendable (IOLoop) -> Result<R, ZeroMQError>)
    throws(ZeroMQError) -> R
  {
    let answer = Answer<R>()
    enqueue { loop in answer.give(body(loop)) }
    if queue.withLock({ $0.isStopped }) {
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

/// A result that one thread waits for and another gives.
private final class Answer<R: Sendable>: Sendable {
  private let result = Mutex<Result<R, ZeroMQError>?>(nil)
  private let isGiven = Semaphore()

  func give(_ value: Result<R, ZeroMQError>) {
    result.withLock { $0 = value }
    isGiven.signal()
  }

  func wait() -> Result<R, ZeroMQError> {
    isGiven.wait()
    return result.withLock { $0 }
      ?? .failure(ZeroMQError(.closed, "zmq_socket", reason: "no answer was given"))
  }
}

/// A POSIX semaphore.
private final class Semaphore: Sendable {
  nonisolated(unsafe) private let semaphore: UnsafeMutablePointer<sem_t>

  init() {
    semaphore = .allocate(capacity: 1)
    sem_init(semaphore, 0, 0)
  }

  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }

  func signal() { sem_post(semaphore) }

  func wait() { while sem_wait(semaphore) != 0, errno == EINTR {} }
}

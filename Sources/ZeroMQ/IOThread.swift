import CSystemShims
import CZeroMQ
import Glibc
import Synchronization
import SystemSupport

/// A thread that has sockets, and is the only one that touches them.
///
/// It waits for all of them at once, takes in whatever has come and hands it on in batches, and
/// never waits for anything else; commands reach it through a queue. libzmq's sockets must not be
/// shared between threads, and its descriptors are edge-triggered: both are dealt with here.
///
/// It is also an executor: a task that runs on it gets what its sockets receive, and sends, without
/// a change of threads. Such a task must not wait for anything that only this thread can do.
public final class IOThread: TaskExecutor, Sendable {
  typealias Command = @Sendable (IOLoop) -> Void

  private struct Queue {
    var commands: [Command] = []
    var isStopped = false
    var thread: pthread_t?
    /// Wakes the thread; -1 once that has ended, however long somebody holds the object.
    var wakeUp: Int32

    func wake() {
      if wakeUp >= 0 { lyre_eventfd_signal(wakeUp) }
    }
  }

  private let queue: Mutex<Queue>
  private let hasEnded = Semaphore()

  /// Starts a thread of its own, with a libzmq context of its own.
  ///
  /// - Throws: ``ZeroMQError`` with `resourcesExhausted` when there are no descriptors, threads or
  ///   memory left for it.
  public init() throws(ZeroMQError) {
    let wakeUp = lyre_eventfd()
    queue = Mutex(Queue(wakeUp: wakeUp))
    guard wakeUp >= 0 else { throw ZeroMQError.last("eventfd") }
    guard let context = zmq_ctx_new() else { throw ZeroMQError.last("zmq_ctx_new") }
    zmq_ctx_set(context, ZMQ_MAX_SOCKETS, zmq_ctx_get(context, ZMQ_SOCKET_LIMIT))
    let loop = IOLoop(context: context, wakeUp: wakeUp, thread: self)
    do throws(SystemError) {
      // A whole stack: tasks run on it.
      try startThread { loop.run() }
    } catch {
      zmq_ctx_term(context)
      throw ZeroMQError(.resourcesExhausted, "pthread_create", reason: "\(error)")
    }
  }

  deinit { closeWakeUp() }

  private func closeWakeUp() {
    queue.withLock { queue in
      if queue.wakeUp >= 0 { Glibc.close(queue.wakeUp) }
      queue.wakeUp = -1
    }
  }

  /// Ends the thread and closes every socket that it still has; does not wait for it.
  ///
  /// A thread that is never stopped lives as long as the process, with or without sockets.
  public func stop() {
    queue.withLock { queue in
      queue.isStopped = true
      queue.wake()
    }
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
    closeWakeUp()
    hasEnded.signal()
  }

  /// Called by the thread as it ends: no command is taken any more.
  ///
  /// - Returns: the commands that were queued and have not been done.
  func end() -> [Command] {
    queue.withLock { queue in
      queue.isStopped = true
      queue.thread = nil
      defer { queue.commands = [] }
      return queue.commands
    }
  }

  /// Has a command done on the thread; does not wait for it.
  ///
  /// - Returns: whether it will be done; not after ``stop()``.
  @discardableResult
  func enqueue(_ command: @escaping Command) -> Bool {
    queue.withLock { queue in
      guard !queue.isStopped else { return false }
      queue.commands.append(command)
      // The thread itself looks before it waits.
      if queue.commands.count == 1, !isCurrent(queue) { queue.wake() }
      return true
    }
  }

  private func isCurrent(_ queue: Queue) -> Bool {
    queue.thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false
  }

  /// Runs a piece of a task on the thread; elsewhere when that was stopped.
  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let isTaken = enqueue { [self] _ in
      job.runSynchronously(on: asUnownedTaskExecutor())
    }
    if !isTaken { globalConcurrentExecutor.enqueue(job) }
  }

  /// Has a command done on the thread and waits for its result: only for what is done at once.
  func perform<R: Sendable>(_ body: @escaping @Sendable (IOLoop) -> Result<R, ZeroMQError>)
    throws(ZeroMQError) -> R
  {
    precondition(
      !queue.withLock { isCurrent($0) },
      "the I/O thread cannot wait for itself: a handler must only hand on what it is given")
    let answer = Answer<Result<R, ZeroMQError>>()
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

import CSystemShims
import CZeroMQ
import Glibc
import Synchronization
import SystemSupport

/// A thread that owns sockets, and is the only one that uses them.
///
/// It waits for all of them at once, receives messages and delivers them in batches, and never
/// waits for anything else; commands reach it through a queue. libzmq's sockets must not be shared
/// between threads, and its descriptors are edge-triggered: both are handled here.
///
/// It is also an executor: a task that runs on it receives and sends on its sockets without a
/// thread switch. Such a task must not wait for anything that only this thread can do.
public final class IOThread: TaskExecutor, Sendable {
  typealias Command = @Sendable (IOLoop) -> Void

  private struct Queue {
    var commands: [Command] = []
    var isStopped = false
    var thread: pthread_t?
    /// Wakes the thread; -1 once that has ended, even if the object still exists.
    var wakeUp: Int32

    func wake() {
      if wakeUp >= 0 { lyre_eventfd_signal(wakeUp) }
    }
  }

  private let queue: Mutex<Queue>
  private let hasEnded = Semaphore()

  /// Starts a thread with its own libzmq context.
  ///
  /// - Throws: ``ZeroMQError`` with `resourcesExhausted` if no descriptors, threads or memory are
  ///   available.
  public init() throws(ZeroMQError) {
    let wakeUp = lyre_eventfd()
    queue = Mutex(Queue(wakeUp: wakeUp))
    guard wakeUp >= 0 else { throw ZeroMQError.last("eventfd") }
    guard let context = zmq_ctx_new() else { throw ZeroMQError.last("zmq_ctx_new") }
    zmq_ctx_set(context, ZMQ_MAX_SOCKETS, zmq_ctx_get(context, ZMQ_SOCKET_LIMIT))
    let loop = IOLoop(context: context, wakeUp: wakeUp, thread: self)
    do throws(SystemError) {
      // With a full-size stack, because tasks run on it.
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

  /// Ends the thread and closes all its sockets, without waiting for it.
  ///
  /// A thread that is never stopped exists as long as the process, with or without sockets.
  public func stop() {
    queue.withLock { queue in
      queue.isStopped = true
      queue.wake()
    }
  }

  /// Ends the thread, and returns when every socket is closed and its messages have been sent, or
  /// its linger has passed.
  public func stopAndWait() {
    stop()
    hasEnded.wait()
    hasEnded.signal()
  }

  /// Called by the thread when it begins.
  func begin() {
    queue.withLock { $0.thread = pthread_self() }
  }

  /// Called by the thread when it has released everything.
  func ended() {
    closeWakeUp()
    hasEnded.signal()
  }

  /// Called by the thread when it ends: no more commands are accepted.
  ///
  /// - Returns: the queued commands that have not been executed.
  func end() -> [Command] {
    queue.withLock { queue in
      queue.isStopped = true
      queue.thread = nil
      defer { queue.commands = [] }
      return queue.commands
    }
  }

  /// Queues a command for the thread, without waiting for it.
  ///
  /// - Returns: whether it will be executed; false after ``stop()``.
  @discardableResult
  func enqueue(_ command: @escaping Command) -> Bool {
    queue.withLock { queue in
      guard !queue.isStopped else { return false }
      queue.commands.append(command)
      // The thread itself checks the queue before it waits.
      if queue.commands.count == 1, !isCurrent(queue) { queue.wake() }
      return true
    }
  }

  private func isCurrent(_ queue: Queue) -> Bool {
    queue.thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false
  }

  /// Runs a job of a task on the thread, or elsewhere if the thread was stopped.
  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let isTaken = enqueue { [self] _ in
      job.runSynchronously(on: asUnownedTaskExecutor())
    }
    if !isTaken { globalConcurrentExecutor.enqueue(job) }
  }

  /// Executes a command on the thread and waits for its result; only for commands that do not wait.
  func perform<R: Sendable>(_ body: @escaping @Sendable (IOLoop) -> Result<R, ZeroMQError>)
    throws(ZeroMQError) -> R
  {
    precondition(
      !queue.withLock { isCurrent($0) },
      "the I/O thread cannot wait for itself; a handler must not block")
    let answer = Answer<Result<R, ZeroMQError>>()
    guard enqueue({ loop in answer.give(body(loop)) }) else {
      throw ZeroMQError(.closed, "zmq_socket", reason: "the I/O thread was stopped")
    }
    return try answer.wait().get()
  }

  /// The commands since the last call, and whether to end.
  func takeCommands() -> (commands: [Command], isStopped: Bool) {
    queue.withLock { queue in
      let commands = queue.commands
      queue.commands = []
      return (commands, queue.isStopped)
    }
  }
}

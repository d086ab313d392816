import CSystemShims
import Glibc
import Synchronization

/// Threads of our own for calls that block, which must not occupy the threads of Swift's concurrency.
///
/// A thread that is done waits a moment for more work: starting one costs more than most of what they
/// do.
package enum WorkerThreads {
  /// How many wait for work at most, and for how many seconds.
  private static let (mostIdle, patience) = (16, 2)

  private static let idle = Mutex<[Worker]>([])

  /// Has something done on a thread.
  ///
  /// - Parameter work: what the thread does.
  /// - Returns: whether there is a thread for it.
  package static func run(_ work: @escaping @Sendable () -> Void) -> Bool {
    if let worker = idle.withLock({ $0.popLast() }) {
      worker.give(work)
      return true
    }
    return Worker.start(work)
  }

  private final class Worker: Sendable {
    private let work: Mutex<(@Sendable () -> Void)?>
    nonisolated(unsafe) private let isThere: UnsafeMutablePointer<sem_t>

    private init(_ work: @escaping @Sendable () -> Void) {
      self.work = Mutex(work)
      isThere = .allocate(capacity: 1)
      sem_init(isThere, 0, 0)
    }

    deinit {
      sem_destroy(isThere)
      isThere.deallocate()
    }

    func give(_ work: @escaping @Sendable () -> Void) {
      self.work.withLock { $0 = work }
      sem_post(isThere)
    }

    static func start(_ work: @escaping @Sendable () -> Void) -> Bool {
      var attributes = pthread_attr_t()
      pthread_attr_init(&attributes)
      pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
      defer { pthread_attr_destroy(&attributes) }
      // Signals are the program's business, not these threads'.
      var all = sigset_t()
      var before = sigset_t()
      sigfillset(&all)
      pthread_sigmask(SIG_SETMASK, &all, &before)
      defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
      var thread = pthread_t()
      let argument = Unmanaged.passRetained(Worker(work))
      let failure = pthread_create(
        &thread, &attributes,
        { argument in
          guard let argument else { return nil }
          Unmanaged<Worker>.fromOpaque(argument).takeRetainedValue().live()
          return nil
        }, argument.toOpaque())
      if failure != 0 { argument.release() }
      return failure == 0
    }

    private func live() {
      repeat {
        // Not kept while it waits: it may hold what others wait to see gone.
        work.withLock { work in
          defer { work = nil }
          return work
        }?()
      } while waitForWork()
    }

    private func waitForWork() -> Bool {
      let isIdle = idle.withLock { idle in
        if idle.count < mostIdle { idle.append(self) }
        return idle.last === self
      }
      guard isIdle else { return false }
      var deadline = timespec()
      clock_gettime(CLOCK_REALTIME, &deadline)
      deadline.tv_sec += patience
      while sem_timedwait(isThere, &deadline) != 0 {
        if errno == EINTR { continue }
        let isLeaving = idle.withLock { idle in
          let count = idle.count
          idle.removeAll { $0 === self }
          return idle.count < count
        }
        if isLeaving { return false }
        // Somebody has just chosen it.
        while sem_wait(isThere) != 0, errno == EINTR {}
        return true
      }
      return true
    }
  }
}

/// Has something done on a thread of its own, for calls that block: those must not occupy the
/// threads of Swift's concurrency.
package func onOwnThread<R: Sendable>(_ body: @escaping @Sendable () -> R) async -> R {
  await withCheckedContinuation { continuation in
    let work: @Sendable () -> Void = { continuation.resume(returning: body()) }
    // Without threads it is done here: late rather than never.
    if !WorkerThreads.run(work) { work() }
  }
}

import Synchronization

/// Threads for blocking calls, which must not occupy the threads of Swift's concurrency.
///
/// An idle thread waits a moment for more work, because starting one costs more than most of the
/// work.
package enum WorkerThreads {
  /// The maximum number of idle threads, and how many milliseconds they wait.
  private static let (mostIdle, patience) = (16, 2000)

  private static let idle = Mutex<[Worker]>([])

  /// Runs a function on a thread, or on the calling one if the system has no thread left.
  ///
  /// - Parameter work: the function.
  package static func run(_ work: @escaping @Sendable () -> Void) {
    if let worker = idle.withLock({ $0.popLast() }) { return worker.give(work) }
    let worker = Worker(work)
    do throws(SystemError) {
      try startThread { worker.live() }
    } catch {
      // Late is better than never.
      work()
    }
  }

  private final class Worker: Sendable {
    private let work: Mutex<(@Sendable () -> Void)?>
    private let isThere = Semaphore()

    init(_ work: @escaping @Sendable () -> Void) {
      self.work = Mutex(work)
    }

    func give(_ work: @escaping @Sendable () -> Void) {
      self.work.withLock { $0 = work }
      isThere.signal()
    }

    func live() {
      repeat {
        // Released while waiting, because it may own objects that others expect to be released.
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
      if isThere.wait(milliseconds: patience) { return true }
      let isLeaving = idle.withLock { idle in
        let count = idle.count
        idle.removeAll { $0 === self }
        return idle.count < count
      }
      // Otherwise another thread has just assigned work to this one.
      if !isLeaving { isThere.wait() }
      return !isLeaving
    }
  }
}

/// Runs a blocking function on a thread of its own, which does not occupy the threads of Swift's
/// concurrency.
package func onOwnThread<R: Sendable, Failure: Error>(
  _ body: @escaping @Sendable () throws(Failure) -> R
) async throws(Failure) -> R {
  let result = await withCheckedContinuation { continuation in
    WorkerThreads.run {
      continuation.resume(returning: Result { () throws(Failure) in try body() })
    }
  }
  return try result.get()
}

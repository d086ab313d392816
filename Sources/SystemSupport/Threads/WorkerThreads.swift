import Synchronization

/// Threads of our own for calls that block, which must not occupy the threads of Swift's concurrency.
///
/// A thread that is done waits a moment for more work: starting one costs more than most of what they
/// do.
package enum WorkerThreads {
  /// How many wait for work at most, and for how many milliseconds.
  private static let (mostIdle, patience) = (16, 2000)

  private static let idle = Mutex<[Worker]>([])

  /// Has something done on a thread; here, where the system has no thread left.
  ///
  /// - Parameter work: what the thread does.
  package static func run(_ work: @escaping @Sendable () -> Void) {
    if let worker = idle.withLock({ $0.popLast() }) { return worker.give(work) }
    let worker = Worker(work)
    do throws(SystemError) {
      try startThread { worker.live() }
    } catch {
      // Late rather than never.
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
      if isThere.wait(milliseconds: patience) { return true }
      let isLeaving = idle.withLock { idle in
        let count = idle.count
        idle.removeAll { $0 === self }
        return idle.count < count
      }
      // Else somebody has just chosen it.
      if !isLeaving { isThere.wait() }
      return !isLeaving
    }
  }
}

/// Has something done on a thread of its own, for calls that block: those must not occupy the
/// threads of Swift's concurrency.
package func onOwnThread<R: Sendable>(_ body: @escaping @Sendable () -> R) async -> R {
  await withCheckedContinuation { continuation in
    WorkerThreads.run { continuation.resume(returning: body()) }
  }
}

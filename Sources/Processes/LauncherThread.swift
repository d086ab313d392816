import Synchronization
import SystemSupport

/// The thread that starts processes.
///
/// It exists as long as the program: a parent-death signal is sent when the *thread* that forked
/// ends, and threads of a pool come and go.
package final class LauncherThread: Sendable {
  /// The only instance.
  package static let shared = LauncherThread()

  /// The stack size of a thread that only waits and passes data on, in bytes.
  static let stackSize = 256 * 1024

  private let jobs = Mutex<[@Sendable () -> Void]>([])
  private let wakeUp = Semaphore()

  private init() {
    do throws(SystemError) {
      try startThread(stackSize: LauncherThread.stackSize) { [self] in
        while true {
          wakeUp.wait()
          let job = jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }
          job?()
        }
      }
    } catch {
      fatalError("cannot start a thread: \(error)")
    }
  }

  /// Runs a function on the thread.
  func perform<R: Sendable>(_ body: @escaping @Sendable () -> R) async -> R {
    await withCheckedContinuation { continuation in
      jobs.withLock { $0.append({ continuation.resume(returning: body()) }) }
      wakeUp.signal()
    }
  }

  /// Runs a function on the thread and blocks until it is done; the calling thread may block.
  package func performAndWait<R: Sendable>(_ body: @escaping @Sendable () -> R) -> R {
    let answer = Answer<R>()
    jobs.withLock { $0.append({ answer.give(body()) }) }
    wakeUp.signal()
    return answer.wait()
  }
}

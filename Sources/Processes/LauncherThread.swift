import Synchronization
import SystemSupport

/// The thread that starts processes.
///
/// It lives as long as the program: a parent-death signal comes when the *thread* that forked
/// ends, and those of a pool come and go.
package final class LauncherThread: Sendable {
  /// The only one.
  package static let shared = LauncherThread()

  /// What a thread needs that only waits and hands on, in bytes.
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
      fatalError("no thread can be started: \(error)")
    }
  }

  /// Has something done on the thread.
  func perform<R: Sendable>(_ body: @escaping @Sendable () -> R) async -> R {
    await withCheckedContinuation { continuation in
      jobs.withLock { $0.append({ continuation.resume(returning: body()) }) }
      wakeUp.signal()
    }
  }

  /// Has something done on the thread, and waits for it on a thread that may wait.
  package func performAndWait<R: Sendable>(_ body: @escaping @Sendable () -> R) -> R {
    let answer = Answer<R>()
    jobs.withLock { $0.append({ answer.give(body()) }) }
    wakeUp.signal()
    return answer.wait()
  }
}

import CSystemShims
import Glibc
import Synchronization

/// Starts a thread that we own: for calls that block, which must not occupy the threads of Swift's
/// concurrency.
///
/// - Parameter body: what the thread does.
/// - Returns: whether the thread could be started.
func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
  final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
  pthread_attr_setstacksize(&attributes, 256 * 1024)
  defer { pthread_attr_destroy(&attributes) }
  // Signals are the program's business, not these threads'.
  var all = sigset_t()
  var before = sigset_t()
  sigfillset(&all)
  pthread_sigmask(SIG_SETMASK, &all, &before)
  defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
  var thread = pthread_t()
  let argument = Unmanaged.passRetained(Body(body))
  let failure = pthread_create(
    &thread, &attributes,
    { argument in
      guard let argument else { return nil }
      Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
      return nil
    }, argument.toOpaque())
  if failure != 0 { argument.release() }
  return failure == 0
}

/// The thread that starts processes.
///
/// It lives as long as the program: a parent-death signal comes when the *thread* that forked
/// ends, and those of a pool come and go.
final class LauncherThread: Sendable {
  static let shared = LauncherThread()

  private let jobs = Mutex<[@Sendable () -> Void]>([])
  nonisolated(unsafe) private let wakeUp: UnsafeMutablePointer<sem_t>

  private init() {
    wakeUp = .allocate(capacity: 1)
    sem_init(wakeUp, 0, 0)
    let isStarted = startThread { [self] in
      while true {
        while sem_wait(wakeUp) != 0, errno == EINTR {}
        let job = jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        job?()
      }
    }
    guard isStarted else { fatalError("no thread can be started") }
  }

  /// Has something done on the thread.
  func perform<R: Sendable>(_ body: @escaping @Sendable () -> R) async -> R {
    await withCheckedContinuation { continuation in
      jobs.withLock { $0.append({ continuation.resume(returning: body()) }) }
      sem_post(wakeUp)
    }
  }

  /// Has something done on the thread, and waits for it on a thread that may wait.
  func performAndWait<R: Sendable>(_ body: @escaping @Sendable () -> R) -> R {
    let answer = Answer<R>()
    jobs.withLock { $0.append({ answer.set(body()) }) }
    sem_post(wakeUp)
    return answer.get()
  }

  private final class Answer<R: Sendable>: Sendable {
    private let value = Mutex<R?>(nil)
    nonisolated(unsafe) private let isThere: UnsafeMutablePointer<sem_t>

    init() {
      isThere = .allocate(capacity: 1)
      sem_init(isThere, 0, 0)
    }

    deinit {
      sem_destroy(isThere)
      isThere.deallocate()
    }

    func set(_ result: R) {
      value.withLock { $0 = result }
      sem_post(isThere)
    }

    func get() -> R {
      while true {
        if let result = value.withLock({ $0 }) { return result }
        while sem_wait(isThere) != 0, errno == EINTR {}
      }
    }
  }
}

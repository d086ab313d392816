import Glibc
import Synchronization

/// A queue between threads that we own: taking waits, for ever or until a deadline.
final class BlockingQueue<Element: Sendable>: Sendable {
  private let elements = Mutex<[Element]>([])
  nonisolated(unsafe) private let count: UnsafeMutablePointer<sem_t>

  init() {
    count = .allocate(capacity: 1)
    sem_init(count, 0, 0)
  }

  deinit {
    sem_destroy(count)
    count.deallocate()
  }

  func put(_ element: Element) {
    elements.withLock { $0.append(element) }
    sem_post(count)
  }

  /// The first element, as soon as there is one.
  func take() -> Element {
    while true {
      while sem_wait(count) != 0, errno == EINTR {}
      if let element = takeNow() { return element }
    }
  }

  /// The first element; nil when there is none after so many milliseconds.
  func take(withinMilliseconds milliseconds: Int) -> Element? {
    var deadline = timespec()
    clock_gettime(CLOCK_REALTIME, &deadline)
    deadline.tv_nsec += (milliseconds % 1000) * 1_000_000
    deadline.tv_sec += milliseconds / 1000 + deadline.tv_nsec / 1_000_000_000
    deadline.tv_nsec %= 1_000_000_000
    while true {
      while sem_timedwait(count, &deadline) != 0 {
        guard errno == EINTR else { return takeNow() }
      }
      if let element = takeNow() { return element }
    }
  }

  /// Everything in it, without waiting.
  func takeAll() -> [Element] {
    elements.withLock { elements in
      defer { elements = [] }
      return elements
    }
  }

  private func takeNow() -> Element? {
    elements.withLock { $0.isEmpty ? nil : $0.removeFirst() }
  }
}

/// Starts a thread that lives as long as the process or returns by itself.
func startThread(_ body: @escaping @Sendable () -> Void) {
  final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
  var thread = pthread_t()
  let failure = pthread_create(
    &thread, nil,
    { argument in
      guard let argument else { return nil }
      Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
      return nil
    }, Unmanaged.passRetained(Body(body)).toOpaque())
  precondition(failure == 0, "no thread can be started")
  pthread_detach(thread)
}

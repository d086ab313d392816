import Glibc
import Synchronization

/// A result that one thread waits for and another gives.
final class Answer<R: Sendable>: Sendable {
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
final class Semaphore: Sendable {
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

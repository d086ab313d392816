import Glibc

/// A counting semaphore.
///
/// Waits use the monotonic clock: setting the system's time neither ends nor lengthens them, as it
/// would with `sem_timedwait`.
package final class Semaphore: Sendable {
  private struct Parts {
    var mutex = pthread_mutex_t()
    var isRaised = pthread_cond_t()
    var count = 0
  }

  nonisolated(unsafe) private let parts: UnsafeMutablePointer<Parts>

  /// Creates a semaphore with the count zero.
  package init() {
    parts = .allocate(capacity: 1)
    parts.initialize(to: Parts())
    pthread_mutex_init(&parts.pointee.mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(&parts.pointee.isRaised, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(&parts.pointee.isRaised)
    pthread_mutex_destroy(&parts.pointee.mutex)
    parts.deinitialize(count: 1)
    parts.deallocate()
  }

  /// Increments the count, and resumes one waiting thread.
  package func signal() {
    pthread_mutex_lock(&parts.pointee.mutex)
    parts.pointee.count += 1
    pthread_cond_signal(&parts.pointee.isRaised)
    pthread_mutex_unlock(&parts.pointee.mutex)
  }

  /// Waits until the count is above zero, and decrements it.
  package func wait() {
    pthread_mutex_lock(&parts.pointee.mutex)
    while parts.pointee.count == 0 {
      pthread_cond_wait(&parts.pointee.isRaised, &parts.pointee.mutex)
    }
    parts.pointee.count -= 1
    pthread_mutex_unlock(&parts.pointee.mutex)
  }

  /// Waits until the count is above zero and decrements it, or until the time has passed.
  ///
  /// - Returns: whether the count was decremented.
  @discardableResult
  package func wait(milliseconds: Int) -> Bool {
    var deadline = timespec()
    clock_gettime(CLOCK_MONOTONIC, &deadline)
    deadline.tv_nsec += (milliseconds % 1000) * 1_000_000
    deadline.tv_sec += milliseconds / 1000 + deadline.tv_nsec / 1_000_000_000
    deadline.tv_nsec %= 1_000_000_000
    pthread_mutex_lock(&parts.pointee.mutex)
    defer { pthread_mutex_unlock(&parts.pointee.mutex) }
    while parts.pointee.count == 0 {
      if pthread_cond_timedwait(&parts.pointee.isRaised, &parts.pointee.mutex, &deadline) != 0 {
        guard parts.pointee.count > 0 else { return false }
      }
    }
    parts.pointee.count -= 1
    return true
  }
}

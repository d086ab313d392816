import Glibc

/// Has something done on a thread of its own, for calls that block: those must not occupy the
/// threads of Swift's concurrency.
func onOwnThread<R: Sendable>(_ body: @escaping @Sendable () -> R) async -> R {
  return await withCheckedContinuation { continuation in
    let job = ThreadJob { continuation.resume(returning: body()) }
    let argument = Unmanaged.passRetained(job)
    var thread = pthread_t()
    let failure = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<ThreadJob>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, argument.toOpaque())
    if failure == 0 {
      pthread_detach(thread)
    } else {
      // Without threads it is done here: late rather than never.
      argument.takeRetainedValue().run()
    }
  }
}

private final class ThreadJob: Sendable {
  let run: @Sendable () -> Void

  init(_ run: @escaping @Sendable () -> Void) {
    self.run = run
  }
}

/// Nanoseconds since 1970-01-01 00:00 UTC.
func wallClockNanoseconds() -> Int64 {
  var now = timespec()
  clock_gettime(CLOCK_REALTIME, &now)
  return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
}

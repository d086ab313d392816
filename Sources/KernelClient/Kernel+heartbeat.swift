import Synchronization

/// The state of the heartbeat check.
struct HeartbeatQuestion: Sendable {
  /// Other callers that wait for the beat in progress; nil when none is in progress.
  var waiters: [CheckedContinuation<Bool, Never>]?
  /// The result of the last check.
  var lastAnswer = false
}

extension Kernel {
  /// Checks whether the kernel answers its heartbeat.
  ///
  /// This is only useful for a kernel that this program did not start: the exit of its own kernels
  /// is detected at once. Some kernels never answer.
  ///
  /// - Parameter timeout: how long to wait. A call made during another one returns the result of
  ///   that one.
  /// - Returns: whether the kernel answered in time.
  public func answersHeartbeat(timeout: Duration = .seconds(1)) async -> Bool {
    let isFirst = heartbeat.withLock { question in
      defer { question.waiters = question.waiters ?? [] }
      return question.waiters == nil
    }
    guard isFirst else {
      return await withCheckedContinuation { continuation in
        let answer = heartbeat.withLock { question -> Bool? in
          // The other call finished in the meantime.
          guard question.waiters != nil else { return question.lastAnswer }
          question.waiters?.append(continuation)
          return nil
        }
        if let answer { continuation.resume(returning: answer) }
      }
    }
    _ = sockets.heartbeats.takeAll()
    sockets.send([Array("ping".utf8)], on: .heartbeat)
    let answer = await sockets.heartbeats.next(until: ContinuousClock.now + timeout)
    let isAnswered = !(answer ?? []).isEmpty
    let waiters = heartbeat.withLock { question in
      question.lastAnswer = isAnswered
      defer { question.waiters = nil }
      return question.waiters ?? []
    }
    for waiter in waiters { waiter.resume(returning: isAnswered) }
    return isAnswered
  }

  /// Watches a kernel whose process is not visible: when its heartbeat stops, the kernel has ended.
  ///
  /// A kernel that never answered is not watched. A closed connection causes an immediate check; if
  /// the machine is gone without closing it, three beats are missed first.
  func watchHeartbeat() async {
    var misses = 0
    var hasAnswered = false
    var isConnected = true
    while !Task.isCancelled, misses < 3 {
      if await answersHeartbeat(timeout: misses == 0 ? .seconds(3) : .seconds(1)) {
        hasAnswered = true
        misses = 0
        if isConnected {
          isConnected = await sockets.iopubEnded.next(until: .now + .seconds(3)) != nil
        } else {
          try? await Task.sleep(for: .seconds(3))
        }
        if !isConnected { misses = 1 }
      } else {
        misses += 1
      }
    }
    if hasAnswered, !Task.isCancelled { router.finish(.exited(.lost)) }
  }
}

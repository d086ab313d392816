import Synchronization

/// The heartbeat as it is asked for.
struct HeartbeatQuestion: Sendable {
  /// Who else wants to know of the beat that is asked for just now; nil while none is.
  var waiters: [CheckedContinuation<Bool, Never>]?
  /// Whether the last one came.
  var lastAnswer = false
}

extension Kernel {
  /// Sees whether the kernel's heartbeat answers.
  ///
  /// Only of use for a kernel that somebody else started; the end of our own is known at once.
  /// Some kernels never answer.
  ///
  /// - Parameter timeout: how long to wait; whoever asks while another asks gets that one's answer.
  /// - Returns: whether it answered in time.
  public func isBeating(timeout: Duration = .seconds(1)) async -> Bool {
    let isFirst = heartbeat.withLock { question in
      defer { question.waiters = question.waiters ?? [] }
      return question.waiters == nil
    }
    guard isFirst else {
      return await withCheckedContinuation { continuation in
        let answer = heartbeat.withLock { question -> Bool? in
          // It was answered just now.
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
    let isBeating = !(answer ?? []).isEmpty
    let waiters = heartbeat.withLock { question in
      question.lastAnswer = isBeating
      defer { question.waiters = nil }
      return question.waiters ?? []
    }
    for waiter in waiters { waiter.resume(returning: isBeating) }
    return isBeating
  }

  /// Watches a kernel whose process is not seen: when its heartbeat stops, the kernel has ended.
  ///
  /// A kernel that never answered is not watched. One that goes away closes its connections, and is
  /// asked at once; one whose machine is gone is missed after three beats.
  func watchHeartbeat() async {
    var misses = 0
    var hasAnswered = false
    var isConnected = true
    while !Task.isCancelled, misses < 3 {
      if await isBeating(timeout: misses == 0 ? .seconds(3) : .seconds(1)) {
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

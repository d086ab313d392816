import Synchronization

/// A thread that does some work a moment after it was requested, so that requests are combined.
///
/// Any number of requests in that time cause the work to be done once. The first request starts the
/// thread, which ends with ``end()``.
package final class DelayedWorker: Sendable {
  private struct State {
    /// Whether the work has been requested.
    var isAsked = false
    var isStarted = false
    var isEnding = false
  }

  private let milliseconds: Int
  private let isPromptAtFirst: Bool
  private let work: @Sendable () -> Void
  private let state = Mutex(State())
  private let request = Semaphore()
  private let hurry = Semaphore()
  private let ended = Semaphore()

  /// Creates a worker without requests.
  ///
  /// - Parameters:
  ///   - delay: the maximum time between a request and the start of the work.
  ///   - isPromptAtFirst: whether the first request is executed at once.
  ///   - work: the work; it must not end this worker.
  package init(
    delay: Duration, isPromptAtFirst: Bool = false, work: @escaping @Sendable () -> Void
  ) {
    self.isPromptAtFirst = isPromptAtFirst
    milliseconds = Int(delay.totalNanoseconds / 1_000_000)
    self.work = work
  }

  /// Requests the work without waiting.
  package func ask() {
    let (isNew, isFirst) = state.withLock { state in
      guard !state.isAsked, !state.isEnding else { return (false, false) }
      state.isAsked = true
      defer { state.isStarted = true }
      return (true, !state.isStarted)
    }
    if isFirst, !start() {
      // If no thread can be started, do the work here: late is better than never.
      state.withLock {
        $0.isStarted = false
        $0.isAsked = false
      }
      return work()
    }
    if isNew { request.signal() }
  }

  /// Does the requested work and ends the thread; returns when both are finished.
  package func end() {
    let isRunning = state.withLock { state in
      defer { state.isEnding = true }
      return state.isStarted && !state.isEnding
    }
    guard isRunning else { return }
    hurry.signal()
    request.signal()
    ended.wait()
  }

  private func start() -> Bool {
    do throws(SystemError) {
      try startThread { [self] in
        run()
        ended.signal()
      }
      return true
    } catch {
      return false
    }
  }

  private func run() {
    var waits = !isPromptAtFirst
    while true {
      request.wait()
      if waits, !state.withLock({ $0.isEnding }) { hurry.wait(milliseconds: milliseconds) }
      waits = true
      let (isAsked, isEnding) = state.withLock { state in
        defer { state.isAsked = false }
        return (state.isAsked, state.isEnding)
      }
      if isAsked { work() }
      if isEnding { return }
    }
  }
}

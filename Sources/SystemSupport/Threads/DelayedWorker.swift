import Synchronization

/// A thread that does some work a moment after it was asked for, so that much comes together.
///
/// However often it is asked meanwhile, the work is done once. The first request starts the thread,
/// which ends with ``end()``.
package final class DelayedWorker: Sendable {
  private struct State {
    /// Whether the work is to be done.
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

  /// A worker that has not been asked for anything.
  ///
  /// - Parameters:
  ///   - delay: how long after a request the work begins at the latest.
  ///   - isPromptAtFirst: whether the first request is done at once.
  ///   - work: the work; it must not end this worker.
  package init(
    delay: Duration, isPromptAtFirst: Bool = false, work: @escaping @Sendable () -> Void
  ) {
    self.isPromptAtFirst = isPromptAtFirst
    milliseconds = Int(delay.totalNanoseconds / 1_000_000)
    self.work = work
  }

  /// Asks for the work; never waits.
  package func ask() {
    let (isNew, isFirst) = state.withLock { state in
      guard !state.isAsked, !state.isEnding else { return (false, false) }
      state.isAsked = true
      defer { state.isStarted = true }
      return (true, !state.isStarted)
    }
    if isFirst, !start() {
      // Without threads it is done here: late rather than never.
      state.withLock {
        $0.isStarted = false
        $0.isAsked = false
      }
      return work()
    }
    if isNew { request.signal() }
  }

  /// Has the work done that was asked for, and ends the thread; returns when both are done.
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

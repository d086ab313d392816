package import RunEvents
import Synchronization

/// Stops the hashing of files on request, and reports its progress if it takes long.
package final class HashingWatch: Sendable {
  /// The hashing was stopped.
  package struct Stopped: Error {}

  private struct State {
    var progress = FileComparison()
    var next: ContinuousClock.Instant
  }

  private let state: Mutex<State>
  private let now: @Sendable () -> ContinuousClock.Instant
  private let isStopped: @Sendable () -> Bool
  private let report: @Sendable (FileComparison) -> Void

  /// The time before the first report, and between reports.
  package static let interval = Duration.seconds(1)

  /// Creates a watch for one node's files.
  ///
  /// - Parameters:
  ///   - now: the clock; tests supply their own.
  ///   - isStopped: called repeatedly; returns whether to stop.
  ///   - report: called once a second after the first second.
  package init(
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
    isStopped: @escaping @Sendable () -> Bool = { false },
    report: @escaping @Sendable (FileComparison) -> Void = { _ in }
  ) {
    self.now = now
    self.isStopped = isStopped
    self.report = report
    state = Mutex(State(next: now() + HashingWatch.interval))
  }

  /// Records progress: bytes read from a file, or a new file or folder.
  package func advance(_ path: String, files: Int = 0, bytes: Int = 0) throws(Stopped) {
    if isStopped() { throw Stopped() }
    let due = state.withLock { state -> FileComparison? in
      state.progress.files += files
      state.progress.bytes += Int64(bytes)
      let now = now()
      guard now >= state.next else { return nil }
      state.next = now + HashingWatch.interval
      state.progress.path = path
      return state.progress
    }
    if let due { report(due) }
  }
}

import Synchronization

/// Tells of the first thing that could not be written to the record: the run goes on without.
final class RecordFailures: Sendable {
  let warn: @Sendable (String) -> Void
  private let hasWarned = Atomic<Bool>(false)

  init(_ warn: @escaping @Sendable (String) -> Void) {
    self.warn = warn
  }

  /// Tells of a failure, unless one was told of before.
  func report(_ error: any Error) {
    guard !hasWarned.exchange(true, ordering: .relaxed) else { return }
    warn("the record of runs cannot be written: \(PipelineHistory.text(error))")
  }
}

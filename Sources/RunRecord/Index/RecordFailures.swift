import Synchronization

/// Reports the first failure to write to the record; the run continues without it.
final class RecordFailures: Sendable {
  let warn: @Sendable (String) -> Void
  private let hasWarned = Atomic<Bool>(false)

  init(_ warn: @escaping @Sendable (String) -> Void) {
    self.warn = warn
  }

  /// Reports a failure, unless one has been reported before.
  func report(_ error: any Error) {
    guard !hasWarned.exchange(true, ordering: .relaxed) else { return }
    warn("the record of runs cannot be written: \(PipelineHistory.text(error))")
  }
}

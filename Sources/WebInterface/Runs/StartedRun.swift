import JSONCore
import Processes
import Synchronization

/// The output of a run that the page has started, until it tells its number.
final class StartedRun: Sendable {
  /// How the start ended.
  enum Outcome: Sendable {
    /// The run has this number in the record.
    case run(String)
    /// The run goes on, and is not in the record.
    case unrecorded
    /// The process ended first.
    case ended(code: Int32)
  }

  /// The longest beginning of the output that is kept, in bytes.
  private static let longest = 64 << 20

  private struct State {
    var line: [UInt8] = []
    var outcome: Outcome?
    var waiter: CheckedContinuation<Outcome, Never>?
  }

  private let state = Mutex(State())

  /// Processes a piece of the process's standard output: events, one a line.
  func take(_ bytes: [UInt8]) {
    let line = state.withLock { state -> [UInt8]? in
      guard state.outcome == nil else { return nil }
      state.line += bytes
      guard let end = state.line.firstIndex(of: 0x0A) else {
        if state.line.count > StartedRun.longest { state.line = [] }
        return nil
      }
      defer { state.line = [] }
      return Array(state.line[..<end])
    }
    guard let line else { return }
    // The first event is that the pipeline has started, or why it does not: then the process ends.
    let event = try? JSONValue(parsing: line)
    if event?["event"] == "error" { return }
    settle((event?["run"]?.int).map { .run("\($0)") } ?? .unrecorded)
  }

  /// Processes the end of the process.
  func ended(_ status: ExitStatus) {
    if case .exited(let code) = status {
      settle(.ended(code: code))
    } else {
      settle(.ended(code: -1))
    }
  }

  private func settle(_ outcome: Outcome) {
    let waiter = state.withLock { state in
      guard state.outcome == nil else { return nil as CheckedContinuation<Outcome, Never>? }
      state.outcome = outcome
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume(returning: outcome)
  }

  /// Waits until the run has a number, or cannot start.
  func outcome() async -> Outcome {
    await withCheckedContinuation { continuation in
      let known = state.withLock { state in
        if state.outcome == nil { state.waiter = continuation }
        return state.outcome
      }
      if let known { continuation.resume(returning: known) }
    }
  }
}

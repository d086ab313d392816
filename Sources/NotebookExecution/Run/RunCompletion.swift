import NotebookDocument
import RunEvents
import Synchronization

/// The end of a run, for all tasks that wait for it.
final class RunCompletion: Sendable {
  typealias Outcome = Result<(document: NotebookDocument, result: RunResult), any Error>

  private struct State {
    var outcome: Outcome?
    var waiters: [CheckedContinuation<Outcome, Never>] = []
  }

  private let state = Mutex(State())

  func complete(_ outcome: Outcome) {
    let waiters = state.withLock { state in
      state.outcome = outcome
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume(returning: outcome) }
  }

  func value() async throws -> (document: NotebookDocument, result: RunResult) {
    // The run detects a cancellation itself, and then ends.
    let outcome = await withCheckedContinuation { continuation in
      let present = state.withLock { state -> Outcome? in
        if state.outcome == nil { state.waiters.append(continuation) }
        return state.outcome
      }
      if let present { continuation.resume(returning: present) }
    }
    return try outcome.get()
  }
}

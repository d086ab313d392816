import Synchronization

/// Gathers a process's standard output to its end.
final class Gathered: Sendable {
  private struct State {
    var bytes: [UInt8] = []
    var isComplete = false
    var waiter: CheckedContinuation<[UInt8], Never>?
  }

  private let state = Mutex(State())

  /// Processes a piece; an empty one is the end.
  func add(_ bytes: [UInt8]) {
    let waiter = state.withLock { state in
      state.bytes += bytes
      if bytes.isEmpty { state.isComplete = true }
      guard state.isComplete, let waiter = state.waiter else {
        return nil as (CheckedContinuation<[UInt8], Never>, [UInt8])?
      }
      state.waiter = nil
      return (waiter, state.bytes)
    }
    if let (continuation, all) = waiter { continuation.resume(returning: all) }
  }

  /// Waits for the end of the output, and returns all of it.
  func all() async -> [UInt8] {
    await withCheckedContinuation { continuation in
      let all = state.withLock { state -> [UInt8]? in
        if !state.isComplete { state.waiter = continuation }
        return state.isComplete ? state.bytes : nil
      }
      if let all { continuation.resume(returning: all) }
    }
  }
}

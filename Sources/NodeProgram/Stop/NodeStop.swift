import PipelineExecution
import Synchronization

/// Stops a node: the time that is left then is for saving and bringing back what there is.
package final class NodeStop: Sendable {
  /// How long something may go on after the first signal.
  enum Limit: Sendable {
    /// Not at all.
    case signal
    /// Until what the node started is killed, if it does not end by itself.
    case patience
    /// Until bringing files back is given up.
    case transfers
    /// Until just before this program ends.
    case end

    fileprivate var duration: Duration {
      switch self {
      case .signal: .zero
      case .patience: .seconds(10)
      case .transfers: .seconds(19)
      case .end: .seconds(24)
      }
    }
  }

  /// How long everything may take after the first signal: clusters kill 30 seconds after it.
  package static let limit = Duration.seconds(25)

  /// Stops the node's kernel or script.
  let control = PipelineControl()

  private struct State {
    var first: ContinuousClock.Instant?
    var waiters: [Int: AsyncStream<Void>.Continuation] = [:]
    var nextWaiter = 0
  }

  private let state = Mutex(State())

  /// Creates a value for one node.
  package init() {}

  /// The signal that stopped the node; nil if it was not stopped.
  var signal: Int32? { control.stopSignal }

  /// Stops the node; the second call kills it.
  package func stop(signal: Int32) {
    control.stop(signal: signal)
    let waiters = state.withLock { state in
      state.first = state.first ?? .now
      return state.waiters.values
    }
    for waiter in waiters { waiter.finish() }
  }

  /// Whether the time for something is over.
  func isOver(_ limit: Limit) -> Bool {
    guard let first = state.withLock({ $0.first }) else { return false }
    return .now - first >= limit.duration
  }

  /// Waits until the time for something is over.
  ///
  /// - Returns: whether it is; false if the task was cancelled first.
  func wait(for limit: Limit) async -> Bool {
    let (signals, continuation) = AsyncStream<Void>.makeStream()
    let number = state.withLock { state in
      state.nextWaiter += 1
      if state.first == nil {
        state.waiters[state.nextWaiter] = continuation
      } else {
        continuation.finish()
      }
      return state.nextWaiter
    }
    defer { state.withLock { _ = $0.waiters.removeValue(forKey: number) } }
    // It ends with the signal, and when the task is cancelled.
    for await _ in signals {}
    guard !Task.isCancelled, let first = state.withLock({ $0.first }) else { return false }
    return (try? await Task.sleep(until: first + limit.duration)) != nil
  }

  /// Kills what does not end in time after a stop, until the task is cancelled.
  func watch() async {
    guard await wait(for: .patience), let signal else { return }
    control.stop(signal: signal)
  }
}

import RunEvents
import Synchronization
import SystemSupport

/// The board that a terminal shows during a pipeline's run: a line for each node, or for the nodes
/// that matter most, and one for the whole run.
///
/// It is made from the run's events, in this process or read from the log of another one.
final class PipelineBoard: Sendable {
  private let name: String
  private let state = Mutex(BoardState())

  init(_ name: String) {
    self.name = name
  }

  /// Processes an event of the run.
  func take(_ event: RunEvent) { state.withLock { $0.take(event) } }

  /// The results of the nodes so far.
  var results: [NodeResult] { state.withLock { $0.rows.map(\.node) } }

  /// The current lines for a terminal.
  func lines(_ size: TerminalSize) -> [VisibleText] {
    let now = wallClockNanoseconds()
    return state.withLock { state in
      let estimate = state.estimate(at: now)
      return BoardPicture(name: name, state: state, now: now, estimate: estimate).lines(size)
    }
  }
}

/// Ends a kernel: sends a request, then SIGTERM, then SIGKILL, each with a time limit.
///
/// It waits for the process, not the reply: some kernels reply and keep running, others exit
/// without a reply.
public struct ShutdownMachine: Sendable {
  /// The next action.
  public enum Action: Sendable, Equatable {
    /// Send a `shutdown_request`.
    case request
    /// Send SIGTERM to the process group.
    case terminate
    /// Send SIGKILL to the process group.
    case kill
    /// Wait this long for the process to end.
    case wait(Duration)
    /// Stop: nothing more can be done.
    case giveUp
  }

  private enum State: Sendable {
    case start
    case requested
    case terminated
    case killed
  }

  private let patience: Duration
  private var state = State.start
  private var isAwaiting = false

  /// Creates a machine that waits this long after the request; SIGTERM gets as long, but at most
  /// three seconds, and SIGKILL five.
  public init(patience: Duration) {
    self.patience = patience
  }

  /// Returns the next action; when the process ends during a wait, the sequence is over.
  public mutating func next() -> Action {
    defer { isAwaiting.toggle() }
    if isAwaiting {
      switch state {
      case .killed: return .wait(.seconds(5))
      case .terminated: return .wait(min(patience, .seconds(3)))
      case .start, .requested: return .wait(patience)
      }
    }
    switch state {
    case .start:
      state = .requested
      return .request
    case .requested:
      state = .terminated
      return .terminate
    case .terminated:
      state = .killed
      return .kill
    case .killed: return .giveUp
    }
  }
}

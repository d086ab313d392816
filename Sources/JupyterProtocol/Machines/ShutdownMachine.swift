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

  /// Creates a machine that waits this long after each step; SIGKILL gets five seconds.
  public init(patience: Duration) {
    self.patience = patience
  }

  /// Returns the next action; when the process ends during a wait, the sequence is over.
  public mutating func next() -> Action {
    defer { isAwaiting.toggle() }
    if isAwaiting { return .wait(state == .killed ? .seconds(5) : patience) }
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

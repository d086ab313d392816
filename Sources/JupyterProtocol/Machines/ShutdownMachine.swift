/// Ends a kernel: asks it to, then SIGTERM, then SIGKILL, each for a bounded time.
///
/// The process is watched and not the reply: several kernels reply and stay, others go without a
/// reply.
public struct ShutdownMachine: Sendable {
  /// What to do.
  public enum Action: Sendable, Equatable {
    /// Send a `shutdown_request`.
    case request
    /// Send SIGTERM to the process group.
    case terminate
    /// Send SIGKILL to the process group.
    case kill
    /// Wait for the process to end, for that long.
    case wait(Duration)
    /// Nothing more can be done.
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

  /// A machine that waits that long after each step; SIGKILL gets five seconds.
  public init(patience: Duration) {
    self.patience = patience
  }

  /// The next thing to do; each wait ends early when the process does, and then nothing more is
  /// to be done.
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

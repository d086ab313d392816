import JSONCore

/// Decides when a request to run code is done: when its reply and its idle have both come, in
/// either order.
///
/// Some kernels send only one of them, and some send outputs after both; each is waited for only
/// as long as the limits say.
public struct ExecutionMachine: Sendable {
  /// How long is waited for what should have come already.
  public struct Limits: Sendable {
    /// How long after the reply, and after the last output, the idle may come: it may be lost, or
    /// the kernel sends none.
    public var idleAfterReply: Duration
    /// How long after the idle the reply may come: some kernels send none.
    public var replyAfterIdle: Duration
    /// How long iopub must be quiet at the end, for a kernel that sends outputs after its idle.
    public var quiet: Duration

    /// Limits; the defaults are 4 seconds for an idle, as nbclient, 10 for a reply, and no quiet.
    public init(
      idleAfterReply: Duration = .seconds(4), replyAfterIdle: Duration = .seconds(10),
      quiet: Duration = .zero
    ) {
      self.idleAfterReply = idleAfterReply
      self.replyAfterIdle = replyAfterIdle
      self.quiet = quiet
    }
  }

  /// How it ended.
  public enum Outcome: Sendable {
    /// The reply came.
    case replied(ExecuteReply)
    /// The kernel became idle and sent no reply.
    case noReply
  }

  /// The times of the messages, as the kernel wrote them, for `metadata.execution`.
  public struct Times: Sendable, Hashable {
    /// When the kernel became busy.
    public var busy: String?
    /// When it took the code.
    public var input: String?
    /// When it replied.
    public var reply: String?
    /// When it began, as the reply's metadata says.
    public var started: String?
    /// When it became idle.
    public var idle: String?
  }

  /// The id of the request.
  public let messageID: String

  /// The times of its messages so far.
  public private(set) var times = Times()

  /// The reply, once it has come.
  public private(set) var reply: ExecuteReply?

  /// Whether the idle was waited for in vain.
  public private(set) var missedIdle = false

  private let limits: Limits
  private var isIdle = false
  private var deadline: Duration?
  private var isQuieting = false

  /// A machine for a request.
  public init(messageID: String, limits: Limits = Limits()) {
    self.messageID = messageID
    self.limits = limits
  }

  /// What to do: wait, until that time at most, or take the outcome.
  public enum Action: Sendable {
    /// Wait for the next message, or until that time.
    case wait(until: Duration?)
    /// It is done.
    case done(Outcome)
  }

  /// Takes an iopub message at a time.
  public mutating func receive(iopub message: Message, at now: Duration) -> Action {
    guard message.parentHeader?.messageID == messageID else { return next(at: now) }
    switch message.header.messageType {
    case .status:
      switch ExecutionState(message.content["execution_state"]?.string ?? "") {
      case .busy: times.busy = message.header.date
      case .idle:
        times.idle = message.header.date
        isIdle = true
        deadline = nil
      case .starting, .other: break
      }
    case .executeInput: times.input = message.header.date
    default:
      // It goes on sending: the silence begins anew.
      if isQuieting { deadline = now + limits.quiet }
    }
    // The reply overtakes a flood of outputs; the idle is behind them, and not lost while they
    // come.
    if reply != nil, !isIdle { deadline = now + limits.idleAfterReply }
    return next(at: now)
  }

  /// Takes a reply on shell at a time.
  public mutating func receive(reply message: Message, at now: Duration) -> Action {
    guard message.parentHeader?.messageID == messageID,
      message.header.messageType == .executeReply
    else { return next(at: now) }
    reply = ExecuteReply(content: message.content)
    times.reply = message.header.date
    times.started = message.metadata["started"]?.string
    deadline = nil
    return next(at: now)
  }

  /// Says what to do at a time.
  public mutating func next(at now: Duration) -> Action {
    let isExpired = deadline.map { now >= $0 } ?? false
    switch (reply, isIdle) {
    case (let reply?, true):
      if limits.quiet == .zero || (isQuieting && isExpired) { return .done(.replied(reply)) }
      if !isQuieting {
        isQuieting = true
        deadline = now + limits.quiet
      }
    case (let reply?, false):
      if isExpired {
        missedIdle = true
        return .done(.replied(reply))
      }
      if deadline == nil { deadline = now + limits.idleAfterReply }
    case (nil, true):
      if isExpired { return .done(.noReply) }
      if deadline == nil { deadline = now + limits.replyAfterIdle }
    case (nil, false): break
    }
    return .wait(until: deadline)
  }
}

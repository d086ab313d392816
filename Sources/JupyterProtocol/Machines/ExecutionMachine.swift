import JSONCore

/// Decides when a request to run code is finished: when its reply, its idle status and all of its
/// outputs have arrived, in any order.
///
/// The reply can overtake outputs, because it uses another channel: a large output may take minutes
/// longer. Only the kernel's own order shows that nothing more follows. So if the idle status is
/// missing, a small request (a probe) is sent to the kernel; its broadcasts follow everything that
/// the kernel sent before. Silence alone ends a wait only after a long time, and counts as a loss.
public struct ExecutionMachine: Sendable {
  /// How long to wait for messages that are overdue.
  public struct Limits: Sendable {
    /// The silence after the reply before a probe is sent, and the interval of checks for arriving
    /// data.
    public var look: Duration
    /// The silence, without a single byte, after which missing messages are no longer expected.
    public var silence: Duration
    /// The silence after the idle status after which no reply is expected: some kernels send none.
    public var replyAfterIdle: Duration
    /// For a kernel that sends outputs after its idle status: the number of consecutive probes that
    /// must be answered without an output before the answer.
    public var settlingProbes: Int

    /// Creates limits; the defaults are a check every quarter of a second, a minute of silence, 10
    /// seconds for a reply, and no probes for a kernel that keeps its order.
    public init(
      look: Duration = .milliseconds(250), silence: Duration = .seconds(60),
      replyAfterIdle: Duration = .seconds(10), settlingProbes: Int = 0
    ) {
      self.look = look
      self.silence = silence
      self.replyAfterIdle = replyAfterIdle
      self.settlingProbes = settlingProbes
    }

    /// The silence that ends the wait for an idle status once the code's time is up.
    public static let hurried: Duration = .seconds(4)
    /// The silence that ends the wait for outputs after the idle status if a probe is not answered.
    static let settling: Duration = .seconds(2)
  }

  /// How it ended.
  public enum Outcome: Sendable {
    /// The reply arrived.
    case replied(ExecuteReply)
    /// The kernel became idle without sending a reply.
    case noReply
  }

  /// The times of the messages, as written by the kernel, for `metadata.execution`.
  public struct Times: Sendable, Hashable {
    /// When the kernel became busy.
    public var busy: String?
    /// When it accepted the code.
    public var input: String?
    /// When it replied.
    public var reply: String?
    /// When the code started, from the reply's metadata.
    public var started: String?
    /// When it became idle.
    public var idle: String?
  }

  /// The result of a check of the kernel while no message arrived.
  public enum Activity: Sendable, Hashable {
    /// No activity.
    case none
    /// The kernel is working: it may be writing a large message.
    case working
    /// Bytes are arriving, or are being read.
    case arriving
  }

  /// The id of the request.
  public let messageID: String

  /// The times of its messages so far.
  public private(set) var times = Times()

  /// The reply, once it has arrived.
  public private(set) var reply: ExecuteReply?

  /// Whether the kernel sent no idle status before its messages about a later request.
  public private(set) var missedIdle = false

  /// Whether the wait for the end of the outputs was abandoned, so that some may be missing.
  public private(set) var isIncomplete = false

  /// A small request after the code, and the progress of its iopub messages.
  private struct Probe: Sendable {
    var messageID: String
    /// Whether no output has arrived since it was sent.
    var isClean = true
    /// When its idle status arrived, after all earlier messages.
    var passed: Duration?
  }

  private var limits: Limits
  private var isIdle = false
  private var probe: Probe?
  private var cleanProbes = 0
  /// The duration of the silence, counted in checks.
  private var silence: Duration = .zero
  private var lastLook: Duration = .zero
  private var isHurried = false

  /// Creates a machine for a request.
  public init(messageID: String, limits: Limits = Limits()) {
    self.messageID = messageID
    self.limits = limits
  }

  /// The next action.
  public enum Action: Sendable {
    /// Wait for the next message, or until this time; if none arrives, call
    /// ``ExecutionMachine/nothingCame(_:at:)``.
    case wait(until: Duration?)
    /// Send a `kernel_info_request` on shell, and pass its id to ``ExecutionMachine/probed(_:)``.
    case probe
    /// The request is finished.
    case done(Outcome)
  }

  /// Processes an iopub message that arrived at a time.
  public mutating func receive(iopub message: Message, at now: Duration) -> Action {
    let parent = message.parentHeader?.messageID
    if let parent, parent == probe?.messageID { passed(message, at: now) }
    guard parent == messageID else { return next(at: now) }
    heard(at: now)
    switch message.header.messageType {
    case .status:
      switch ExecutionState(message.content["execution_state"]?.string ?? "") {
      case .busy: times.busy = message.header.date
      case .idle:
        times.idle = message.header.date
        isIdle = true
        // A probe sent to find the idle status is of no use for later outputs.
        probe = nil
      case .starting, .other: break
      }
    case .executeInput: times.input = message.header.date
    default: probe?.isClean = false
    }
    return next(at: now)
  }

  /// Processes a shell reply that arrived at a time.
  public mutating func receive(reply message: Message, at now: Duration) -> Action {
    guard message.parentHeader?.messageID == messageID,
      message.header.messageType == .executeReply
    else { return next(at: now) }
    reply = ExecuteReply(content: message.content)
    times.reply = message.header.date
    times.started = message.metadata["started"]?.string
    heard(at: now)
    return next(at: now)
  }

  /// Sets the id of the probe that was sent.
  public mutating func probed(_ messageID: String) {
    probe = Probe(messageID: messageID)
  }

  /// Processes the end of a wait in which no message arrived.
  public mutating func nothingCame(_ activity: Activity, at now: Duration) {
    lastLook = now
    switch activity {
    case .arriving: silence = .zero
    // A kernel that is busy forever must not delay a cell whose time is up.
    case .working where !isHurried: silence = .zero
    // Counted in checks: time during which this program itself was stopped does not count as
    // silence.
    case .working, .none: silence += limits.look
    }
  }

  /// Reduces the wait to arriving data, because the code's time is up or the run must end.
  public mutating func hurry() {
    guard !isHurried else { return }
    isHurried = true
    silence = .zero
  }

  private mutating func heard(at now: Duration) {
    silence = .zero
    lastLook = now
  }

  private mutating func passed(_ message: Message, at now: Duration) {
    guard message.header.messageType == .status,
      ExecutionState(message.content["execution_state"]?.string ?? "") == .idle
    else { return }
    if isIdle {
      cleanProbes = probe?.isClean == true ? cleanProbes + 1 : 0
      probe = nil
    } else {
      probe?.passed = now
    }
  }

  /// Returns the action at a time.
  public mutating func next(at now: Duration) -> Action {
    switch (reply, isIdle) {
    case (let reply?, true):
      if cleanProbes >= limits.settlingProbes || silence >= Limits.settling {
        return .done(.replied(reply))
      }
      if probe == nil { return .probe }
    case (let reply?, false):
      // Wait a moment for a kernel whose threads broadcast out of order.
      if let passed = probe?.passed, now >= passed + limits.look {
        missedIdle = true
        return .done(.replied(reply))
      }
      if silence >= (isHurried ? min(Limits.hurried, limits.silence) : limits.silence) {
        isIncomplete = true
        return .done(.replied(reply))
      }
      // Even if other messages keep arriving, such as prints of another cell's thread.
      if probe == nil, silence > .zero || now - lastLook >= limits.look { return .probe }
    case (nil, true):
      if silence >= limits.replyAfterIdle { return .done(.noReply) }
    case (nil, false): return .wait(until: nil)
    }
    return .wait(until: lastLook + limits.look)
  }
}

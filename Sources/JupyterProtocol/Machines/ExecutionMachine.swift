import JSONCore

/// Decides when a request to run code is done: when its reply and its idle have both come, in
/// either order, and all of its outputs.
///
/// The reply overtakes outputs, for it comes on another channel: a large output may need minutes
/// after it. Only the kernel's own order tells that nothing more is to come. So where the idle does
/// not come, the kernel is asked something small (a probe); what it broadcasts of that follows all
/// that it had to send before. Silence alone ends a wait only after long, and is a loss.
public struct ExecutionMachine: Sendable {
  /// How long is waited for what should have come already.
  public struct Limits: Sendable {
    /// How long after the reply nothing may come before the kernel is asked whether more is to come;
    /// and how often is looked whether something is arriving.
    public var look: Duration
    /// How long nothing may come, not a byte, before what is missing is given up.
    public var silence: Duration
    /// How long after the idle nothing may come before the reply is given up: some kernels send none.
    public var replyAfterIdle: Duration
    /// For a kernel that sends outputs after its idle: how many probes in a row must come back with
    /// no output before them.
    public var settlingProbes: Int

    /// Limits; the defaults are a look every quarter of a second, a minute of silence, 10 seconds for
    /// a reply, and no probes for a kernel that keeps its order.
    public init(
      look: Duration = .milliseconds(250), silence: Duration = .seconds(60),
      replyAfterIdle: Duration = .seconds(10), settlingProbes: Int = 0
    ) {
      self.look = look
      self.silence = silence
      self.replyAfterIdle = replyAfterIdle
      self.settlingProbes = settlingProbes
    }

    /// How much silence ends the wait for an idle when the time of the code has run out.
    public static let hurried: Duration = .seconds(4)
    /// How much silence ends the wait for outputs after the idle, where a probe is not answered.
    static let settling: Duration = .seconds(2)
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

  /// What a look at the kernel has shown while no message came.
  public enum Activity: Sendable, Hashable {
    /// Nothing.
    case none
    /// The kernel works: it may be writing a large message.
    case working
    /// Bytes are arriving, or are being read.
    case arriving
  }

  /// The id of the request.
  public let messageID: String

  /// The times of its messages so far.
  public private(set) var times = Times()

  /// The reply, once it has come.
  public private(set) var reply: ExecuteReply?

  /// Whether the kernel sent no idle, and what it sent of a later request has come.
  public private(set) var missedIdle = false

  /// Whether the end of the outputs was given up: some may be missing.
  public private(set) var isIncomplete = false

  /// A small request behind the code, and what has come of it on iopub.
  private struct Probe: Sendable {
    var messageID: String
    /// Whether no output has come since it was sent.
    var isClean = true
    /// When all had come that was sent before its end.
    var passed: Duration?
  }

  private var limits: Limits
  private var isIdle = false
  private var probe: Probe?
  private var cleanProbes = 0
  /// How long nothing has come, in looks.
  private var silence: Duration = .zero
  private var lastLook: Duration = .zero
  private var isHurried = false

  /// A machine for a request.
  public init(messageID: String, limits: Limits = Limits()) {
    self.messageID = messageID
    self.limits = limits
  }

  /// What to do.
  public enum Action: Sendable {
    /// Wait for the next message, or until that time; where nothing comes until then, say so by
    /// ``ExecutionMachine/nothingCame(_:at:)``.
    case wait(until: Duration?)
    /// Send a `kernel_info_request` on shell, and tell its id by ``ExecutionMachine/probed(_:)``.
    case probe
    /// It is done.
    case done(Outcome)
  }

  /// Takes an iopub message at a time.
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
        // What was asked to find it is of no use for outputs after it.
        probe = nil
      case .starting, .other: break
      }
    case .executeInput: times.input = message.header.date
    default: probe?.isClean = false
    }
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
    heard(at: now)
    return next(at: now)
  }

  /// Takes the id of the probe that was sent.
  public mutating func probed(_ messageID: String) {
    probe = Probe(messageID: messageID)
  }

  /// Takes that no message came until the time that was waited for.
  public mutating func nothingCame(_ activity: Activity, at now: Duration) {
    lastLook = now
    switch activity {
    case .arriving: silence = .zero
    // A kernel that is busy for ever cannot hold up a cell whose time has run out.
    case .working where !isHurried: silence = .zero
    // Counted in looks: who was stopped himself meanwhile has not seen that nothing came.
    case .working, .none: silence += limits.look
    }
  }

  /// The time of the code has run out, or it is to end: only what is arriving is waited for.
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

  /// Says what to do at a time.
  public mutating func next(at now: Duration) -> Action {
    switch (reply, isIdle) {
    case (let reply?, true):
      if cleanProbes >= limits.settlingProbes || silence >= Limits.settling {
        return .done(.replied(reply))
      }
      if probe == nil { return .probe }
    case (let reply?, false):
      // A moment for a kernel whose threads broadcast past each other.
      if let passed = probe?.passed, now >= passed + limits.look {
        missedIdle = true
        return .done(.replied(reply))
      }
      if silence >= (isHurried ? min(Limits.hurried, limits.silence) : limits.silence) {
        isIncomplete = true
        return .done(.replied(reply))
      }
      // Whatever else comes meanwhile, such as what a thread of another cell prints.
      if probe == nil, silence > .zero || now - lastLook >= limits.look { return .probe }
    case (nil, true):
      if silence >= limits.replyAfterIdle { return .done(.noReply) }
    case (nil, false): return .wait(until: nil)
    }
    return .wait(until: lastLook + limits.look)
  }
}

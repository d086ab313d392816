/// Decides when a kernel that was started can be used.
///
/// It can when it has answered one of our `kernel_info_request`s on shell, and iopub is known to
/// be connected: by `iopub_welcome` (JEP 65), or by a status of one of those requests. The first
/// busy and idle are lost to late subscription with many kernels, so the request is repeated until
/// both have been seen: at first every 20 ms, then ever more seldom.
public struct ReadinessMachine: Sendable {
  /// What happened.
  public enum Event: Sendable {
    /// A message on iopub.
    case iopub(Message)
    /// A reply on shell.
    case reply(Message)
    /// The process ended.
    case exited
    /// Time passed.
    case time(Duration)
  }

  /// What to do.
  public enum Action: Sendable, Equatable {
    /// Wait for the next event, or until that time after the start.
    case wait(until: Duration)
    /// Send a `kernel_info_request`.
    case ask
    /// Use it.
    case ready(KernelInfoReply)
    /// It ended before it could be used.
    case died
    /// It did not become ready in time.
    case timedOut(shellAnswered: Bool)
  }

  private let limit: Duration
  /// A request waits in our socket until the kernel is there: one is enough for a long time.
  private static let interval: Duration = .seconds(1)
  private var nextAsk: Duration = .zero
  /// How long after the next question the one after it follows, once shell has answered.
  private var pause: Duration = .milliseconds(20)
  private static let longestPause: Duration = .milliseconds(250)
  private var info: KernelInfoReply?
  private var iopubWorks = false
  private var requests: Set<String> = []

  /// A machine for a kernel that has that long from its start.
  public init(limit: Duration) {
    self.limit = limit
  }

  /// Remembers the id of a request that was sent.
  public mutating func asked(_ messageID: String) {
    requests.insert(messageID)
  }

  /// Takes an event that came at a time after the start, and says what to do.
  public mutating func receive(_ event: Event, at now: Duration) -> Action {
    switch event {
    case .exited: return .died
    case .time: break
    case .iopub(let message):
      switch IOPubContent(message) {
      case .welcome: iopubWorks = true
      case .status:
        // A status of our own request: the broadcast of this very conversation is being heard.
        if let parent = message.parentHeader?.messageID, requests.contains(parent) {
          iopubWorks = true
        }
      default: break
      }
    case .reply(let message):
      if let parent = message.parentHeader?.messageID, requests.contains(parent),
        message.header.messageType == .kernelInfoReply
      {
        info = KernelInfoReply(content: message.content)
      }
    }
    if let info, iopubWorks { return .ready(info) }
    if now >= limit { return .timedOut(shellAnswered: info != nil) }
    if now >= nextAsk {
      // Once shell has answered, only iopub is missing: a question a moment later shows it.
      nextAsk = now + (info == nil ? ReadinessMachine.interval : pause)
      if info != nil { pause = min(pause * 2, ReadinessMachine.longestPause) }
      return .ask
    }
    if info != nil, nextAsk > now + pause { nextAsk = now + pause }
    return .wait(until: min(nextAsk, limit))
  }
}

/// Decides when a kernel that was started is ready.
///
/// It is ready when it has answered one of our `kernel_info_request`s on shell and iopub is known
/// to be connected: by `iopub_welcome` (JEP 65), or by a status of one of those requests. With many
/// kernels the first busy and idle messages are lost because the subscription is late, so the
/// request is repeated until both conditions hold: first every 20 ms, then at growing intervals.
public struct ReadinessMachine: Sendable {
  /// An event.
  public enum Event: Sendable {
    /// A message on iopub arrived.
    case iopub(Message)
    /// A reply on shell arrived.
    case reply(Message)
    /// The process ended.
    case exited
    /// Time passed.
    case time(Duration)
  }

  /// The next action.
  public enum Action: Sendable, Equatable {
    /// Wait for the next event, or until that time after the start.
    case wait(until: Duration)
    /// Send a `kernel_info_request`.
    case ask
    /// The kernel is ready.
    case ready(KernelInfoReply)
    /// It ended before it was ready.
    case died
    /// It did not become ready in time.
    case timedOut(shellAnswered: Bool)
  }

  private let limit: Duration
  /// One request is enough for a long time, because it waits in our socket until the kernel is
  /// there.
  private static let interval: Duration = .seconds(1)
  private var nextAsk: Duration = .zero
  /// The delay between requests once shell has answered.
  private var pause: Duration = .milliseconds(20)
  private static let longestPause: Duration = .milliseconds(250)
  private var info: KernelInfoReply?
  private var iopubWorks = false
  private var requests: Set<String> = []

  /// Creates a machine with a time limit, measured from the kernel's start.
  public init(limit: Duration) {
    self.limit = limit
  }

  /// Records the id of a request that was sent.
  public mutating func asked(_ messageID: String) {
    requests.insert(messageID)
  }

  /// Processes an event at a time after the start, and returns the next action.
  public mutating func receive(_ event: Event, at now: Duration) -> Action {
    switch event {
    case .exited: return .died
    case .time: break
    case .iopub(let message):
      switch IOPubContent(message) {
      case .welcome: iopubWorks = true
      case .status:
        // A status of our own request proves that we receive the broadcasts.
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
      // Once shell has answered, only iopub is missing: a request a moment later tests it.
      nextAsk = now + (info == nil ? ReadinessMachine.interval : pause)
      if info != nil { pause = min(pause * 2, ReadinessMachine.longestPause) }
      return .ask
    }
    if info != nil, nextAsk > now + pause { nextAsk = now + pause }
    return .wait(until: min(nextAsk, limit))
  }
}

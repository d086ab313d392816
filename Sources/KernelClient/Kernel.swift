public import JSONCore
public import JupyterProtocol
public import KernelLauncher
public import Processes
import Synchronization
import SystemSupport
import ZeroMQ

/// A running kernel and the client's side of its channels.
///
/// It exists only inside the scope of ``withKernel(_:configuration:_:)`` and similar functions.
/// When the scope ends, the kernel and its process group are ended and its connection file is
/// removed.
public final class Kernel: Sendable {
  /// The kernelspec it was started from; nil for a kernel started elsewhere.
  public let spec: KernelSpec?

  /// The kernel's addresses and message key.
  public let connection: ConnectionInfo

  let configuration: KernelConfiguration
  let process: ChildProcess?
  let sockets: KernelSockets
  let router = MessageRouter()

  private let session: Session
  private let encoder: Mutex<MessageEncoder>
  private let decoder: Mutex<MessageDecoder>
  private let readyInfo = Mutex<KernelInfoReply?>(nil)
  private let nextMessage = Atomic<Int>(0)
  let shutdownBegun = Atomic<Bool>(false)
  /// Whether no request was running when the shutdown was requested.
  let wasIdleAtShutdown = Atomic<Bool>(false)
  /// The number of shell requests without a reply.
  private let unanswered = Atomic<Int>(0)
  let heartbeat = Mutex(HeartbeatQuestion())

  init(
    spec: KernelSpec?, connection: ConnectionInfo, configuration: KernelConfiguration,
    process: ChildProcess?, sockets: KernelSockets, session: Session, signer: MessageSigner?
  ) {
    self.spec = spec
    self.connection = connection
    self.configuration = configuration
    self.process = process
    self.sockets = sockets
    self.session = session
    encoder = Mutex(MessageEncoder(signer: signer))
    decoder = Mutex(MessageDecoder(signer: signer))
  }

  /// The kernel's description of itself, from its first `kernel_info_reply`.
  public var info: KernelInfoReply {
    readyInfo.withLock { $0 } ?? KernelInfoReply(content: [:])
  }

  var isReady: Bool { readyInfo.withLock { $0 != nil } }

  func becameReady(_ info: KernelInfoReply) {
    readyInfo.withLock { $0 = info }
  }

  /// Whether the kernel has answered all shell requests.
  var isIdle: Bool { unanswered.load(ordering: .relaxed) == 0 }

  /// The kernel's process ID; nil for a kernel started elsewhere.
  public var processID: Int32? { process?.processID }

  /// The thread that receives from the kernel, as an executor: a task that prefers it gets messages
  /// without a thread switch.
  ///
  /// While such a task runs, no message is received, but none is lost: libzmq queues them. The task
  /// must not wait for work that only this thread can do, which is why this property is `package`.
  package var executor: any TaskExecutor { sockets.thread }

  /// The exit status of the process; nil while it runs.
  public var exitStatus: ExitStatus? { process?.exitStatus }

  /// The last lines that the kernel's process wrote to standard error.
  public var standardErrorTail: String { process?.standardErrorTail ?? "" }

  /// The number of dropped messages, by reason.
  public var rejectedMessages: [WireError.Code: Int] {
    decoder.withLock { $0.rejected }
  }

  /// Subscribes to everything that the kernel sends from now on.
  ///
  /// All events are kept until they are read, for as long as the sequence exists.
  /// ``withEvents(isolation:_:)`` unsubscribes at a defined point.
  public func events() -> KernelEvents {
    let mailbox = router.subscribe()
    return KernelEvents(
      mailbox: mailbox, subscription: KernelEvents.Subscription(mailbox, router))
  }

  /// Passes everything that the kernel sends from now on to `body`; unsubscribes when `body`
  /// returns or throws.
  ///
  /// - Parameter body: receives the events.
  /// - Returns: what `body` returns.
  /// - Throws: what `body` throws.
  public func withEvents<Result, Failure>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: (KernelEvents) async throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    let events = events()
    defer { router.unsubscribe(events.mailbox) }
    return try await body(events)
  }

  // MARK: Sending

  /// Sends a message without waiting for an answer.
  ///
  /// - Parameters:
  ///   - type: the message type.
  ///   - content: the message content.
  ///   - channel: shell, control or stdin; the other channels carry no messages to a kernel, and
  ///     passing one is a programming error.
  ///   - metadata: the message metadata.
  ///   - parent: the header of the message that this one answers.
  ///   - buffers: binary buffers.
  ///   - subshell: the id of the subshell that should handle it (JEP 91).
  /// - Returns: the message id, which appears in the parent header of its answers.
  @discardableResult
  public func send(
    _ type: MessageType, _ content: JSONObject, on channel: Channel = .shell,
    metadata: JSONObject = [:], parent: MessageHeader? = nil, buffers: [[UInt8]] = [],
    subshell: String? = nil
  ) -> String {
    precondition(
      channel != .iopub && channel != .heartbeat,
      "a kernel takes messages on shell, control and stdin, not on \(channel.rawValue)")
    let message = makeMessage(
      type, content, metadata: metadata, parent: parent, buffers: buffers, subshell: subshell)
    send(message, on: channel)
    return message.header.messageID
  }

  /// Sends a small request on shell; its broadcasts arrive after all messages sent before it.
  ///
  /// - Parameter expect: called with the request's id before it is sent.
  /// - Returns: the id of the request.
  package func probe(expect: (String) -> Void = { _ in }) -> String {
    let message = makeMessage(.kernelInfoRequest, [:])
    expect(message.header.messageID)
    send(message, on: .shell)
    return message.header.messageID
  }

  func makeMessage(
    _ type: MessageType, _ content: JSONObject, metadata: JSONObject = [:],
    parent: MessageHeader? = nil, buffers: [[UInt8]] = [], subshell: String? = nil
  ) -> Message {
    let number = nextMessage.add(1, ordering: .relaxed).newValue
    var header = session.makeHeader(type, number: number, date: WallClock.messageDate())
    header.subshellID = subshell
    return Message(
      header: header, parentHeader: parent, metadata: metadata, content: .object(content),
      buffers: buffers)
  }

  func send(_ message: Message, on channel: Channel) {
    let frames = encoder.withLock { $0.encode(message) }
    if channel == .shell, message.header.messageType.isRequest {
      unanswered.add(1, ordering: .relaxed)
    }
    sockets.send(frames, on: channel)
  }

  /// Sends a request and waits for its reply.
  ///
  /// - Parameters:
  ///   - type: the request type.
  ///   - content: the request content.
  ///   - channel: shell or control; a kernel replies on no other channel, and passing one is a
  ///     programming error.
  ///   - subshell: the id of the subshell that should handle it (JEP 91).
  ///   - timeout: how long to wait; nil waits until the kernel answers or ends.
  /// - Returns: the reply, whatever its status.
  /// - Throws: ``KernelError`` with `noReply`, `died`, `closed` or `cancelled`.
  public func request(
    _ type: MessageType, _ content: JSONObject = [:], on channel: Channel = .shell,
    subshell: String? = nil, timeout: Duration? = nil
  ) async throws(KernelError) -> Message {
    precondition(
      channel == .shell || channel == .control,
      "a kernel replies on shell and control, not on \(channel.rawValue)")
    let message = makeMessage(type, content, subshell: subshell)
    let answers = router.expect(message.header.messageID)
    defer { router.forget(answers) }
    send(message, on: channel)
    let deadline = timeout.map { ContinuousClock.now + $0 }
    while true {
      let batch = await KernelEvents(mailbox: answers).next(until: deadline)
      guard let batch else {
        throw Task.isCancelled ? cancelled(type) : closed(type)
      }
      if batch.isEmpty {
        throw KernelError(
          .noReply,
          "the kernel did not answer \(type.rawValue) within \((timeout ?? .zero).secondsText) s")
      }
      for event in batch {
        switch event {
        case .reply(let reply, _): return reply
        case .exited(let status): throw died(status)
        case .iopub, .inputRequest, .rejected: continue
        }
      }
    }
  }

  func died(_ status: ExitStatus) -> KernelError {
    KernelError(
      .died, "the kernel \(status.description)", exitStatus: status,
      standardErrorTail: standardErrorTail)
  }

  func closed(_ type: MessageType) -> KernelError {
    KernelError(.closed, "the kernel was closed before it answered \(type.rawValue)")
  }

  func cancelled(_ type: MessageType) -> KernelError {
    KernelError(.cancelled, "cancelled while waiting for the answer to \(type.rawValue)")
  }

  // MARK: Receiving

  /// Verifies, decodes and delivers everything that the sockets receive, until they are closed.
  func receive() async {
    sockets.shortcut.open { [weak self] incoming in self?.handOn(incoming) }
    while let batch = await sockets.inbox.next() {
      // Deliver each piece as it is decoded, so that a flood does not delay the first messages.
      for incoming in batch { handOn(incoming) }
    }
  }

  private func handOn(_ incoming: Incoming) {
    router.deliver(decode(incoming))
    sockets.delivered.up()
    if incoming.isDisconnect { sockets.iopubEnded.finish() }
  }

  func decode(_ incoming: Incoming) -> [KernelEvent] {
    guard case .messages(let messages, let channel) = incoming else { return [] }
    return decoder.withLock { decoder in
      messages.map { message in
        do throws(WireError) {
          let event = Kernel.event(
            try message.withUnsafeBytes { (parts) throws(WireError) in try decoder.decode(parts) },
            channel)
          if channel == .shell { unanswered.subtract(1, ordering: .relaxed) }
          return event
        } catch {
          return .rejected(error, on: channel)
        }
      }
    }
  }

  private static func event(_ message: Message, _ channel: Channel) -> KernelEvent {
    switch channel {
    case .iopub: .iopub(message)
    case .stdin: .inputRequest(message)
    case .shell, .control, .heartbeat: .reply(message, on: channel)
    }
  }
}

extension MessageType {
  /// Whether a kernel should reply to it.
  fileprivate var isRequest: Bool { rawValue.hasSuffix("_request") }
}

public import JSONCore
public import JupyterProtocol
public import KernelLauncher
public import Processes
import Synchronization
import SystemSupport
import ZeroMQ

/// A running kernel and the client's side of its channels.
///
/// It exists inside the scope of ``withKernel(_:configuration:_:)`` or its siblings; when the
/// scope ends, so do the kernel, its process group and its connection file.
public final class Kernel: Sendable {
  /// The kernelspec it was started from; nil for a kernel that somebody else started.
  public let spec: KernelSpec?

  /// Where it listens, and the key of its messages.
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
  /// Whether nothing ran when it was asked to shut down.
  let wasIdleAtShutdown = Atomic<Bool>(false)
  /// How many requests on shell have no reply yet.
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

  /// What the kernel said of itself when it became ready.
  public var info: KernelInfoReply {
    readyInfo.withLock { $0 } ?? KernelInfoReply(content: [:])
  }

  var isReady: Bool { readyInfo.withLock { $0 != nil } }

  func becameReady(_ info: KernelInfoReply) {
    readyInfo.withLock { $0 = info }
  }

  /// Whether the kernel has answered all that it was asked on shell.
  var isIdle: Bool { unanswered.load(ordering: .relaxed) == 0 }

  /// The id of the kernel's process; nil for a kernel that somebody else started.
  public var processID: Int32? { process?.processID }

  /// The thread that receives from the kernel, as an executor: a task that prefers it gets what
  /// comes without a change of threads.
  ///
  /// While such a task works, nothing is received; nothing is lost either, for libzmq keeps it. It must
  /// not wait for anything that only this thread can do: that is why only this package has it.
  package var executor: any TaskExecutor { sockets.thread }

  /// How the process ended, once it has.
  public var exitStatus: ExitStatus? { process?.exitStatus }

  /// The last lines that the kernel's process wrote to its own standard error.
  public var standardErrorTail: String { process?.standardErrorTail ?? "" }

  /// How many messages were dropped, by reason.
  public var rejectedMessages: [WireError.Code: Int] {
    decoder.withLock { $0.rejected }
  }

  /// Everything the kernel sends from now on.
  ///
  /// All that comes is kept until it is taken, for as long as somebody holds the sequence;
  /// ``withEvents(isolation:_:)`` says how long that is.
  public func events() -> KernelEvents {
    let mailbox = router.subscribe()
    return KernelEvents(
      mailbox: mailbox, subscription: KernelEvents.Subscription(mailbox, router))
  }

  /// Hands over everything the kernel sends from now on, until `body` returns or throws.
  ///
  /// - Parameter body: what is done with it.
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

  /// Sends a message and does not wait for an answer.
  ///
  /// - Parameters:
  ///   - type: the message's type.
  ///   - content: its content.
  ///   - channel: shell, control or stdin; others carry no messages to a kernel, and naming one is a
  ///     programming error.
  ///   - metadata: its metadata.
  ///   - parent: the header of the message that it answers.
  ///   - buffers: binary parts.
  ///   - subshell: the id of the subshell that should take it (JEP 91).
  /// - Returns: the message's id, which its answers have as their parent's.
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

  /// Asks something small on shell: what the kernel broadcasts of it follows what it sent before.
  ///
  /// - Parameter expect: called with the id before the request is sent.
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
  ///   - type: the request's type.
  ///   - content: its content.
  ///   - channel: shell or control; a kernel replies on no other, and naming one is a programming
  ///     error.
  ///   - subshell: the id of the subshell that should take it (JEP 91).
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

  /// Verifies, decodes and hands on what the sockets receive, until they are closed.
  func receive() async {
    sockets.shortcut.open { [weak self] incoming in self?.handOn(incoming) }
    while let batch = await sockets.inbox.next() {
      // Piece by piece: in a flood nobody should wait until all of it is decoded.
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
  /// Whether a kernel is to reply to it.
  fileprivate var isRequest: Bool { rawValue.hasSuffix("_request") }
}

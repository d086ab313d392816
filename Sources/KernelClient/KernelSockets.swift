import JupyterProtocol
import Synchronization
import ZeroMQ

/// What a kernel's sockets deliver, unprocessed.
enum Incoming: Sendable {
  /// Whole messages of a channel, not yet verified.
  case messages([ReceivedMessage], Channel)
  /// The kernel's iopub connection closed: all its messages have arrived.
  case disconnected

  var isDisconnect: Bool {
    if case .disconnected = self { true } else { false }
  }

  /// Whether processing it costs less than handing it to another thread.
  var isSmall: Bool {
    guard case .messages(let messages, _) = self, messages.count <= 32 else { return false }
    return messages.allSatisfy { $0.size <= 32_768 }
  }
}

/// Bypasses the inbox for a few small messages when the inbox is empty.
///
/// The receiving thread delivers them itself, which saves a thread switch for nearly every message
/// of a cell; floods are left to the task that empties the inbox.
final class Shortcut: Sendable {
  /// A closure in a struct: stored directly in a mutex, it would be wrapped again on every access.
  private struct Handler {
    var take: @Sendable (Incoming) -> Void
  }

  private let handler = Mutex<Handler?>(nil)

  /// Opens the shortcut; the caller also empties the inbox.
  func open(_ take: @escaping @Sendable (Incoming) -> Void) {
    handler.withLock { $0 = Handler(take: take) }
  }

  /// Delivers something; call it only on the thread that fills the inbox.
  ///
  /// - Returns: whether it was delivered; if not, it belongs in the inbox.
  func take(_ incoming: Incoming, past inbox: Mailbox<Incoming>) -> Bool {
    // If the consumer is suspended, it has delivered everything before this, and only this thread
    // can resume it: the order is kept.
    guard incoming.isSmall, inbox.isDrained, let handler = handler.withLock({ $0 }) else {
      return false
    }
    handler.take(incoming)
    return true
  }
}

/// The client's ends of a kernel's five channels.
///
/// They connect before the kernel exists; libzmq retries until the kernel binds, so the first
/// request is sent as soon as the kernel can receive it.
final class KernelSockets: Sendable {
  let inbox = Mailbox<Incoming>()
  let heartbeats = Mailbox<ReceivedMessage>()

  /// Finished when everything on iopub has been delivered and the connection has closed.
  let iopubEnded = Mailbox<Never>()

  /// Opens when the kernel has connected our end of stdin; input requests before that are lost.
  let stdinIsKnown = Gate()

  /// Delivers small messages without the inbox.
  let shortcut = Shortcut()

  /// Counts received and delivered messages.
  let received = Counter()
  let delivered = Counter()

  /// The bytes that have arrived on the connections.
  let connections: Connections

  /// A thread for this kernel only, so that work on it delays no other kernel.
  let thread: IOThread
  private let shell: Socket
  private let control: Socket
  private let stdin: Socket
  private let iopub: Socket
  private let heartbeat: Socket

  /// Opens and connects all five.
  ///
  /// - Parameters:
  ///   - connection: where the kernel binds.
  ///   - identity: the routing id of shell, control and stdin. One for all, because a kernel
  ///     addresses its input requests to the identity that sent the execute request.
  init(_ connection: ConnectionInfo, identity: [UInt8]) throws(ZeroMQError) {
    let thread = try IOThread()
    self.thread = thread
    let inbox = inbox
    let heartbeats = heartbeats
    let shortcut = shortcut
    let connections = Connections()
    self.connections = connections
    let received = received
    let curve = connection.curve.map { keys in
      CurveKeys(
        serverKey: keys.publicKey, publicKey: keys.publicKey, secretKey: keys.secretKey)
    }
    func open(_ type: SocketType, _ channel: Channel) throws(ZeroMQError) -> Socket {
      var options = SocketOptions()
      options.curve = curve
      switch type {
      case .dealer: options.routingID = identity
      case .sub:
        options.subscriptions = [[]]
        // This delay is too short to notice, and a message alone costs five times one in a batch.
        // The reply, on shell, ends the delay.
        options.receiveBatchInterval = .milliseconds(3)
      default: break
      }
      return try Socket(type, options: options, on: thread) { messages in
        if channel == .heartbeat {
          heartbeats.put(contentsOf: messages)
        } else {
          received.up()
          let incoming = Incoming.messages(messages, channel)
          if !shortcut.take(incoming, past: inbox) { inbox.put(incoming) }
        }
      }
    }
    do throws(ZeroMQError) {
      shell = try open(.dealer, .shell)
      control = try open(.dealer, .control)
      stdin = try open(.dealer, .stdin)
      iopub = try open(.sub, .iopub)
      heartbeat = try open(.req, .heartbeat)
      try iopub.monitor { event in
        connections.note(event, on: .iopub)
        if case .disconnected = event.kind {
          received.up()
          inbox.put(.disconnected)
        }
      }
      try shell.monitor { event in connections.note(event, on: .shell) }
      let stdinIsKnown = stdinIsKnown
      try stdin.monitor { event in
        if case .handshakeSucceeded = event.kind { stdinIsKnown.open() }
      }
      // iopub first: it should be subscribed before any request is sent.
      try iopub.connect(to: connection.endpoint(for: .iopub))
      try shell.connect(to: connection.endpoint(for: .shell))
      try control.connect(to: connection.endpoint(for: .control))
      try stdin.connect(to: connection.endpoint(for: .stdin))
      try heartbeat.connect(to: connection.endpoint(for: .heartbeat))
    } catch {
      thread.stop()
      throw error
    }
  }

  /// Queues a message; never waits.
  func send(_ frames: [[UInt8]], on channel: Channel) {
    socket(channel).send(frames.map { Frame($0) })
  }

  /// Waits until the kernel's iopub connection is closed and everything before has been delivered.
  ///
  /// - Parameter limit: after this long without a single byte, stop waiting.
  func waitForDisconnect(limit: Duration) async {
    var before: Int
    repeat {
      before = delivered.value
      if await iopubEnded.next(until: ContinuousClock.now + limit) == nil { return }
    } while delivered.value != before || isArriving
  }

  /// Whether something has been received but not delivered, or is arriving.
  var isArriving: Bool { received.value != delivered.value || connections.isArriving }

  /// Closes all sockets, and ends their thread and the inbox.
  func close() {
    thread.stop()
    inbox.finish()
    heartbeats.finish()
    iopubEnded.finish()
    stdinIsKnown.open()
  }

  private func socket(_ channel: Channel) -> Socket {
    switch channel {
    case .shell: shell
    case .control: control
    case .stdin: stdin
    case .iopub: iopub
    case .heartbeat: heartbeat
    }
  }
}

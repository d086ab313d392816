import JupyterProtocol
import Synchronization
import ZeroMQ

/// What a kernel's sockets hand on, as it came.
enum Incoming: Sendable {
  /// Whole messages of a channel, not yet verified.
  case messages([ReceivedMessage], Channel)
  /// The kernel's side of iopub went away: all that it sent has come.
  case disconnected

  var isDisconnect: Bool {
    if case .disconnected = self { true } else { false }
  }

  /// Whether it costs less to read it than to hand it to another thread.
  var isSmall: Bool {
    guard case .messages(let messages, _) = self, messages.count <= 32 else { return false }
    return messages.allSatisfy { $0.size <= 32_768 }
  }
}

/// The way past the inbox, for a few small messages when nothing waits there.
///
/// They are handed on by the thread that receives them, which saves the hop to another one for
/// nearly every message of a cell; a flood is left to the task that empties the inbox.
final class Shortcut: Sendable {
  /// A closure in a structure: bare in a mutex it is wrapped once more with every access.
  private struct Handler {
    var take: @Sendable (Incoming) -> Void
  }

  private let handler = Mutex<Handler?>(nil)

  /// Opens it; who opens it also empties the inbox.
  func open(_ take: @escaping @Sendable (Incoming) -> Void) {
    handler.withLock { $0 = Handler(take: take) }
  }

  /// Hands something on; only from the thread that fills the inbox.
  ///
  /// - Returns: whether it did; if not, it belongs in the inbox.
  func take(_ incoming: Incoming, past inbox: Mailbox<Incoming>) -> Bool {
    // Who sleeps has handed on all that came before, and only this thread could wake it.
    guard incoming.isSmall, inbox.isDrained, let handler = handler.withLock({ $0 }) else {
      return false
    }
    handler.take(incoming)
    return true
  }
}

/// The client's ends of a kernel's five channels.
///
/// They connect before the kernel exists; libzmq retries until it binds, so the first request is
/// on its way the moment the kernel can take it.
final class KernelSockets: Sendable {
  let inbox = Mailbox<Incoming>()
  let heartbeats = Mailbox<ReceivedMessage>()

  /// Finished when all that came on iopub before its end has been handed on.
  let iopubEnded = Mailbox<Never>()

  /// Open when the kernel knows our end of stdin: what it asks before that is lost.
  let stdinIsKnown = Gate()

  /// Takes what is small where it comes, without the inbox.
  let shortcut = Shortcut()

  /// Counts what has been received, and what of it has been handed on.
  let received = Counter()
  let delivered = Counter()

  /// What has come over the connections, byte by byte.
  let connections: Connections

  /// A thread for this kernel alone: what is done on it holds up no other.
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
        // Nobody sees so short a delay, and a message that comes alone costs five times one that
        // comes with others. The reply, on shell, ends the rest.
        options.receiveRest = .milliseconds(3)
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
      // iopub first: the subscription should be there before anything is asked.
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

  /// Waits until the kernel's end of iopub is closed and all that came before has been handed on.
  ///
  /// - Parameter limit: how long nothing may come, not a byte, before that is taken for the end.
  func waitForDisconnect(limit: Duration) async {
    var before: Int
    repeat {
      before = delivered.value
      if await iopubEnded.next(until: ContinuousClock.now + limit) == nil { return }
    } while delivered.value != before || isArriving
  }

  /// Whether something has come that was not handed on yet, or is coming just now.
  var isArriving: Bool { received.value != delivered.value || connections.isArriving }

  /// Closes all of them, ends their thread and the inbox.
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

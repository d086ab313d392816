/// The kinds of socket that Jupyter's protocol has, on both of its sides.
public enum SocketType: Sendable {
  /// A client's shell, control and stdin.
  case dealer
  /// A client's iopub.
  case sub
  /// A client's heartbeat.
  case req
  /// A kernel's shell, control and stdin.
  case router
  /// A kernel's iopub.
  case xpub
  /// A kernel's heartbeat.
  case rep
}

/// The keys of one side of an encrypted connection (CurveZMQ), each 40 characters of Z85.
public struct CurveKeys: Sendable {
  /// The peer's public key when this side connects; nil when this side is the server.
  public var serverKey: String?
  /// Our own public key.
  public var publicKey: String
  /// Our own secret key.
  public var secretKey: String

  /// A set of keys.
  public init(serverKey: String?, publicKey: String, secretKey: String) {
    self.serverKey = serverKey
    self.publicKey = publicKey
    self.secretKey = secretKey
  }
}

/// What a socket is set to before it connects or binds.
public struct SocketOptions: Sendable {
  /// The name by which a ROUTER knows this socket; libzmq makes one up when nil.
  public var routingID: [UInt8]?

  /// How many received messages may wait before libzmq drops more; 0, the default, never drops.
  ///
  /// libzmq's own default of 1,000 silently loses a kernel's output when it comes in a flood.
  public var receiveHighWaterMark: Int32 = 0

  /// How many messages to send may wait; 0, the default, is without limit.
  public var sendHighWaterMark: Int32 = 0

  /// How long messages that were not sent yet may be kept after closing.
  public var linger: Duration = .zero

  /// How soon a lost or refused connection is tried again.
  public var reconnectInterval: Duration = .milliseconds(5)

  /// How long the socket may rest after it has received something, or after something was sent on
  /// another socket of the thread, so that what comes meanwhile is taken at the cost of one; zero,
  /// the default, takes everything at once.
  ///
  /// A rest ends early when something comes on a socket of the same thread that never rests.
  public var receiveRest: Duration = .zero

  /// The topics of a SUB socket; the empty one is everything.
  public var subscriptions: [[UInt8]] = []

  /// The keys of an encrypted connection.
  public var curve: CurveKeys?

  /// The largest frame, in bytes, that a peer may send before it is disconnected; nil, the default,
  /// sets no limit.
  public var maximumFrameSize: Int64?

  /// Whether a ROUTER reports messages for a peer that is not there, instead of dropping them
  /// without a word as is its habit.
  public var reportsUnreachablePeers = false

  /// Whether an XPUB hands on subscriptions that are there already, for `iopub_welcome`.
  public var passesEverySubscription = false

  /// The defaults.
  public init() {}
}

/// The types of sockets in Jupyter's protocol, on both sides.
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
  /// The peer's public key if this side connects; nil if this side is the server.
  public var serverKey: String?
  /// This side's public key.
  public var publicKey: String
  /// This side's secret key.
  public var secretKey: String

  /// Creates a set of keys.
  public init(serverKey: String?, publicKey: String, secretKey: String) {
    self.serverKey = serverKey
    self.publicKey = publicKey
    self.secretKey = secretKey
  }
}

/// The options of a socket, applied before it connects or binds.
public struct SocketOptions: Sendable {
  /// The name by which a ROUTER knows this socket; libzmq generates one if nil.
  public var routingID: [UInt8]?

  /// The maximum number of received messages in the queue before libzmq drops more; 0, the default,
  /// never drops.
  ///
  /// libzmq's own default of 1,000 silently loses a kernel's output in a flood.
  public var receiveHighWaterMark: Int32 = 0

  /// The maximum number of messages to send in the queue; 0, the default, means no limit.
  public var sendHighWaterMark: Int32 = 0

  /// How long unsent messages are kept after closing.
  public var linger: Duration = .zero

  /// The delay before a lost or refused connection is tried again.
  public var reconnectInterval: Duration = .milliseconds(5)

  /// How long the socket may collect messages after it has received something, or after something was
  /// sent on another socket of the thread, to receive them together; zero, the default, receives
  /// everything at once.
  ///
  /// It ends early when something arrives on a socket of the same thread without such an interval.
  public var receiveBatchInterval: Duration = .zero

  /// The topics of a SUB socket; the empty one selects everything.
  public var subscriptions: [[UInt8]] = []

  /// The keys of an encrypted connection.
  public var curve: CurveKeys?

  /// The size of the largest frame, in bytes, that a peer may send before it is disconnected; nil,
  /// the default, sets no limit.
  public var maximumFrameSize: Int64?

  /// Whether a ROUTER reports messages for a missing peer, instead of silently dropping them as by
  /// default.
  public var reportsUnreachablePeers = false

  /// Whether an XPUB also delivers duplicate subscriptions, for `iopub_welcome`.
  public var passesEverySubscription = false

  /// Creates options with the default values.
  public init() {}
}

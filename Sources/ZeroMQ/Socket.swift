import CZeroMQ
import Glibc

/// A libzmq socket, driven by an ``IOThread``.
///
/// All calls may come from any thread. It is closed by ``close()``, or when it is let go.
public final class Socket: Sendable {
  private let thread: IOThread
  private let id: Int

  /// Makes a socket.
  ///
  /// - Parameters:
  ///   - type: what kind of socket.
  ///   - options: what it is set to.
  ///   - thread: the thread that drives it.
  ///   - onReceive: called on that thread with all whole messages that have come; it must only
  ///     hand them on.
  /// - Throws: ``ZeroMQError`` when an option is refused or no more sockets can be had.
  public init(
    _ type: SocketType, options: SocketOptions = .init(), on thread: IOThread = .shared,
    onReceive: @escaping @Sendable ([[Frame]]) -> Void
  ) throws(ZeroMQError) {
    self.thread = thread
    id = try thread.perform { loop in
      Result { () throws(ZeroMQError) in
        guard let handle = zmq_socket(loop.context, type.number) else {
          throw ZeroMQError.last("zmq_socket")
        }
        do throws(ZeroMQError) {
          try Socket.apply(options, to: handle, type)
        } catch {
          zmq_close(handle)
          throw error
        }
        return loop.add(IOLoop.Entry(handle: handle, onReceive: onReceive))
      }
    }
  }

  deinit { close() }

  /// Connects to an address; the peer need not be there yet.
  ///
  /// - Throws: ``ZeroMQError`` when the address is not well-formed.
  public func connect(to endpoint: String) throws(ZeroMQError) {
    try Socket.check(endpoint)
    let id = id
    try thread.perform { loop -> Result<Void, ZeroMQError> in
      guard let entry = loop.entry(id) else { return .failure(Socket.closed("zmq_connect")) }
      guard zmq_connect(entry.handle, endpoint) == 0 else {
        return .failure(.last("zmq_connect", endpoint: endpoint))
      }
      return .success(())
    }
  }

  /// Binds to an address.
  ///
  /// - Returns: the address it has, with the port that the system chose where `*` or 0 was given.
  /// - Throws: ``ZeroMQError``, `addressInUse` among others.
  @discardableResult
  public func bind(to endpoint: String) throws(ZeroMQError) -> String {
    try Socket.check(endpoint)
    let id = id
    return try thread.perform { loop -> Result<String, ZeroMQError> in
      guard let entry = loop.entry(id) else { return .failure(Socket.closed("zmq_bind")) }
      guard zmq_bind(entry.handle, endpoint) == 0 else {
        return .failure(.last("zmq_bind", endpoint: endpoint))
      }
      var name = [CChar](repeating: 0, count: 1024)
      var length = name.count
      guard zmq_getsockopt(entry.handle, ZMQ_LAST_ENDPOINT, &name, &length) == 0 else {
        return .failure(.last("zmq_getsockopt", endpoint: endpoint))
      }
      let bytes = name.prefix(max(length - 1, 0)).map { UInt8(bitPattern: $0) }
      return .success(String(decoding: bytes, as: UTF8.self))
    }
  }

  /// Queues a message and never waits; messages are sent in the order of the calls.
  public func send(_ frames: [Frame]) {
    send(messages: [frames])
  }

  /// Queues several messages at the cost of one.
  public func send(messages: [[Frame]]) {
    let id = id
    thread.enqueue { loop in loop.send(messages, on: id) }
  }

  /// Tells of this socket's connections from now on; on the I/O thread.
  ///
  /// - Throws: ``ZeroMQError`` when no more sockets can be had.
  public func monitor(_ onEvent: @escaping @Sendable (MonitorEvent) -> Void) throws(ZeroMQError) {
    let id = id
    try thread.perform { loop -> Result<Void, ZeroMQError> in
      guard let entry = loop.entry(id) else { return .failure(Socket.closed("zmq_socket_monitor")) }
      let endpoint = "inproc://monitor-\(id)"
      guard zmq_socket_monitor(entry.handle, endpoint, ZMQ_EVENT_ALL) == 0 else {
        return .failure(.last("zmq_socket_monitor"))
      }
      guard let pair = zmq_socket(loop.context, ZMQ_PAIR) else {
        return .failure(.last("zmq_socket"))
      }
      guard zmq_connect(pair, endpoint) == 0 else {
        let error = ZeroMQError.last("zmq_connect", endpoint: endpoint)
        zmq_close(pair)
        return .failure(error)
      }
      entry.monitor = loop.add(
        IOLoop.Entry(handle: pair) { messages in
          for message in messages { if let event = MonitorEvent(message) { onEvent(event) } }
        })
      return .success(())
    }
  }

  /// Closes the socket; what is not sent is kept for its linger.
  ///
  /// Closing twice does nothing.
  public func close() {
    let id = id
    thread.enqueue { loop in loop.remove(id) }
  }

  // MARK: Options

  private static func closed(_ function: String) -> ZeroMQError {
    ZeroMQError(.closed, function, reason: "the socket is closed")
  }

  private static func check(_ endpoint: String) throws(ZeroMQError) {
    guard endpoint.hasPrefix("ipc://") else { return }
    let limit = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1
    let length = endpoint.utf8.count - "ipc://".utf8.count
    if length > limit {
      throw ZeroMQError(
        .invalidAddress, "ipc", endpoint: endpoint,
        reason: "the path has \(length) bytes, and a Unix socket's may have \(limit)")
    }
  }

  private static func apply(
    _ options: SocketOptions, to handle: UnsafeMutableRawPointer, _ type: SocketType
  ) throws(ZeroMQError) {
    func set(_ option: Int32, _ value: Int32) throws(ZeroMQError) {
      var value = value
      guard zmq_setsockopt(handle, option, &value, MemoryLayout<Int32>.size) == 0 else {
        throw ZeroMQError.last("zmq_setsockopt")
      }
    }
    func set(_ option: Int32, _ value: [UInt8]) throws(ZeroMQError) {
      guard zmq_setsockopt(handle, option, value, value.count) == 0 else {
        throw ZeroMQError.last("zmq_setsockopt")
      }
    }
    try set(ZMQ_RCVHWM, options.receiveHighWaterMark)
    try set(ZMQ_SNDHWM, options.sendHighWaterMark)
    try set(ZMQ_LINGER, milliseconds(options.linger))
    try set(ZMQ_RECONNECT_IVL, max(milliseconds(options.reconnectInterval), 1))
    if let identity = options.routingID { try set(ZMQ_ROUTING_ID, identity) }
    switch type {
    case .sub: for topic in options.subscriptions { try set(ZMQ_SUBSCRIBE, topic) }
    case .xpub: if options.passesEverySubscription { try set(ZMQ_XPUB_VERBOSE, 1) }
    case .req:
      // A lost heartbeat must not block the next one.
      try set(ZMQ_REQ_RELAXED, 1)
      try set(ZMQ_REQ_CORRELATE, 1)
    case .dealer, .router, .rep: break
    }
    if let curve = options.curve {
      try set(ZMQ_CURVE_PUBLICKEY, Array(curve.publicKey.utf8))
      try set(ZMQ_CURVE_SECRETKEY, Array(curve.secretKey.utf8))
      if let serverKey = curve.serverKey {
        try set(ZMQ_CURVE_SERVERKEY, Array(serverKey.utf8))
      } else {
        try set(ZMQ_CURVE_SERVER, 1)
      }
    }
  }

  private static func milliseconds(_ duration: Duration) -> Int32 {
    let (seconds, attoseconds) = duration.components
    return Int32(
      clamping: seconds.multipliedReportingOverflow(by: 1000).partialValue
        + attoseconds / 1_000_000_000_000_000)
  }
}

extension SocketType {
  var number: Int32 {
    switch self {
    case .dealer: ZMQ_DEALER
    case .sub: ZMQ_SUB
    case .req: ZMQ_REQ
    case .router: ZMQ_ROUTER
    case .xpub: ZMQ_XPUB
    case .rep: ZMQ_REP
    }
  }
}

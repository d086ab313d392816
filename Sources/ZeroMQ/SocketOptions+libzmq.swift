import CZeroMQ

extension SocketOptions {
  /// Applies these options to a new socket.
  func apply(to handle: UnsafeMutableRawPointer, _ type: SocketType) throws(ZeroMQError) {
    func set<Value: BitwiseCopyable>(_ option: Int32, _ value: Value, _ name: String)
      throws(ZeroMQError)
    {
      var value = value
      guard zmq_setsockopt(handle, option, &value, MemoryLayout<Value>.size) == 0 else {
        throw ZeroMQError.last("zmq_setsockopt \(name)")
      }
    }
    func set(_ option: Int32, _ value: [UInt8], _ name: String) throws(ZeroMQError) {
      guard zmq_setsockopt(handle, option, value, value.count) == 0 else {
        throw ZeroMQError.last("zmq_setsockopt \(name)")
      }
    }
    try set(ZMQ_RCVHWM, receiveHighWaterMark, "RCVHWM")
    try set(ZMQ_SNDHWM, sendHighWaterMark, "SNDHWM")
    try set(ZMQ_LINGER, milliseconds(linger), "LINGER")
    try set(ZMQ_RECONNECT_IVL, max(milliseconds(reconnectInterval), 1), "RECONNECT_IVL")
    if let maximumFrameSize { try set(ZMQ_MAXMSGSIZE, maximumFrameSize, "MAXMSGSIZE") }
    if let routingID { try set(ZMQ_ROUTING_ID, routingID, "ROUTING_ID") }
    switch type {
    case .sub: for topic in subscriptions { try set(ZMQ_SUBSCRIBE, topic, "SUBSCRIBE") }
    case .xpub:
      if passesEverySubscription { try set(ZMQ_XPUB_VERBOSE, Int32(1), "XPUB_VERBOSE") }
    case .router:
      if reportsUnreachablePeers { try set(ZMQ_ROUTER_MANDATORY, Int32(1), "ROUTER_MANDATORY") }
    case .req:
      // A lost heartbeat must not block the next one, and its late echo must not be mistaken for
      // the next.
      try set(ZMQ_REQ_RELAXED, Int32(1), "REQ_RELAXED")
      try set(ZMQ_REQ_CORRELATE, Int32(1), "REQ_CORRELATE")
    case .dealer, .rep: break
    }
    guard let curve else { return }
    try set(ZMQ_CURVE_PUBLICKEY, Array(curve.publicKey.utf8), "CURVE_PUBLICKEY")
    try set(ZMQ_CURVE_SECRETKEY, Array(curve.secretKey.utf8), "CURVE_SECRETKEY")
    if let serverKey = curve.serverKey {
      try set(ZMQ_CURVE_SERVERKEY, Array(serverKey.utf8), "CURVE_SERVERKEY")
    } else {
      try set(ZMQ_CURVE_SERVER, Int32(1), "CURVE_SERVER")
    }
  }

  private func milliseconds(_ duration: Duration) -> Int32 {
    let (seconds, attoseconds) = duration.components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    guard !overflow else { return seconds > 0 ? .max : -1 }
    return Int32(clamping: whole.addingReportingOverflow(attoseconds / 1_000_000_000_000_000).0)
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

extension CurveKeys {
  /// Creates a pair of keys for the listening side; the other side uses the public key as its
  /// ``serverKey``.
  ///
  /// - Throws: ``ZeroMQError`` if libzmq was built without encryption.
  public static func makePair() throws(ZeroMQError) -> CurveKeys {
    var publicKey = [CChar](repeating: 0, count: 41)
    var secretKey = [CChar](repeating: 0, count: 41)
    guard zmq_curve_keypair(&publicKey, &secretKey) == 0 else {
      throw ZeroMQError.last("zmq_curve_keypair")
    }
    func text(_ key: [CChar]) -> String {
      String(decoding: key.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
    return CurveKeys(serverKey: nil, publicKey: text(publicKey), secretKey: text(secretKey))
  }
}

import CZeroMQ
import Glibc

/// A libzmq socket, driven by an ``IOThread``.
///
/// Its methods may be called on any thread. It is closed by ``close()``, or when it is released.
public final class Socket: Sendable {
  private let thread: IOThread
  private let id: Int

  /// Creates a socket.
  ///
  /// - Parameters:
  ///   - type: the type of socket.
  ///   - options: its options.
  ///   - thread: the thread that drives it.
  ///   - onSendFailure: called on that thread for a message that could never be sent and was
  ///     dropped, such as an unsolicited reply.
  ///   - onReceive: called on that thread with all complete messages that have arrived; it must
  ///     only pass them on, and must not create, connect, bind or monitor sockets.
  /// - Throws: ``ZeroMQError`` when an option is rejected or no more sockets are available.
  public init(
    _ type: SocketType, options: SocketOptions = .init(), on thread: IOThread,
    onSendFailure: (@Sendable (ZeroMQError) -> Void)? = nil,
    onReceive: @escaping @Sendable ([ReceivedMessage]) -> Void
  ) throws(ZeroMQError) {
    self.thread = thread
    let batchInterval = Int64(options.receiveBatchInterval / .nanoseconds(1))
    id = try thread.perform { loop in
      Result { () throws(ZeroMQError) in
        guard let handle = zmq_socket(loop.context, type.number) else {
          throw ZeroMQError.last("zmq_socket")
        }
        do throws(ZeroMQError) {
          try options.apply(to: handle, type)
        } catch {
          zmq_close(handle)
          throw error
        }
        return loop.add(
          IOLoop.Entry(
            handle: handle, onReceive: onReceive, onSendFailure: onSendFailure,
            batchInterval: batchInterval))
      }
    }
  }

  deinit { close() }

  /// Connects to an address; the peer need not exist yet.
  ///
  /// - Throws: ``ZeroMQError`` when the address is malformed.
  public func connect(to endpoint: String) throws(ZeroMQError) {
    try Socket.check(endpoint)
    let id = id
    try thread.perform { loop -> Result<Void, ZeroMQError> in
      guard let entry = loop.entry(id) else { return .failure(Socket.closed("zmq_connect")) }
      Socket.allowIPv6(entry.handle, endpoint)
      guard zmq_connect(entry.handle, endpoint) == 0 else {
        return .failure(.last("zmq_connect", endpoint: endpoint))
      }
      return .success(())
    }
  }

  /// Binds to an address.
  ///
  /// - Returns: the actual address, with the port that the system chose for `*` or 0.
  /// - Throws: ``ZeroMQError``, `addressInUse` among others.
  @discardableResult
  public func bind(to endpoint: String) throws(ZeroMQError) -> String {
    try Socket.check(endpoint)
    let id = id
    return try thread.perform { loop -> Result<String, ZeroMQError> in
      guard let entry = loop.entry(id) else { return .failure(Socket.closed("zmq_bind")) }
      Socket.allowIPv6(entry.handle, endpoint)
      guard zmq_bind(entry.handle, endpoint) == 0 else {
        return .failure(.last("zmq_bind", endpoint: endpoint))
      }
      var name = [CChar](repeating: 0, count: 1024)
      var length = name.count
      guard zmq_getsockopt(entry.handle, ZMQ_LAST_ENDPOINT, &name, &length) == 0 else {
        return .failure(.last("zmq_getsockopt", endpoint: endpoint))
      }
      let bytes = name.prefix(max(length - 1, 0)).map { UInt8(bitPattern: $0) }
      let address = String(decoding: bytes, as: UTF8.self)
      // An abstract name, with an @, is not a file.
      if address.hasPrefix("ipc://"), !address.hasPrefix("ipc://@") {
        entry.socketFiles.append(String(address.dropFirst("ipc://".count)))
      }
      return .success(address)
    }
  }

  /// Queues a message without waiting; messages are sent in the order of the calls.
  public func send(_ frames: [Frame]) {
    send(messages: [frames])
  }

  /// Queues several messages at the cost of one.
  public func send(messages: [[Frame]]) {
    let id = id
    thread.enqueue { loop in loop.send(messages, on: id) }
  }

  /// Reports this socket's connections from now on, on the I/O thread.
  ///
  /// - Parameter onEvent: called for each event, in order. When it reports the end of a connection,
  ///   everything that was sent over it has been delivered. It must only pass the event on.
  /// - Throws: ``ZeroMQError`` when no more sockets are available, or the socket is already
  ///   monitored.
  public func monitor(_ onEvent: @escaping @Sendable (MonitorEvent) -> Void) throws(ZeroMQError) {
    let id = id
    try thread.perform { loop -> Result<Void, ZeroMQError> in
      guard let entry = loop.entry(id) else { return .failure(Socket.closed("zmq_socket_monitor")) }
      guard entry.monitor == nil else {
        return .failure(
          ZeroMQError(
            .other(EEXIST), "zmq_socket_monitor", reason: "the socket is monitored already"))
      }
      let endpoint = "inproc://monitor-\(id)"
      guard zmq_socket_monitor(entry.handle, endpoint, ZMQ_EVENT_ALL) == 0 else {
        return .failure(.last("zmq_socket_monitor"))
      }
      guard let pair = zmq_socket(loop.context, ZMQ_PAIR) else {
        return .failure(.last("zmq_socket"))
      }
      // Without a limit libzmq's own thread never has to wait before it can report an event.
      var limit: Int32 = 0
      zmq_setsockopt(pair, ZMQ_RCVHWM, &limit, MemoryLayout<Int32>.size)
      guard zmq_connect(pair, endpoint) == 0 else {
        let error = ZeroMQError.last("zmq_connect", endpoint: endpoint)
        zmq_close(pair)
        zmq_socket_monitor(entry.handle, nil, 0)
        return .failure(error)
      }
      entry.monitor = loop.add(
        IOLoop.Entry(handle: pair) { [unowned loop] messages in
          for message in messages {
            guard let event = MonitorEvent(message) else { continue }
            if event.kind == .disconnected { loop.drain(id) }
            onEvent(event)
          }
        })
      return .success(())
    }
  }

  /// Closes the socket; unsent messages are kept for its linger.
  ///
  /// Closing twice does nothing. The files of the Unix sockets that it was bound to are removed.
  public func close() {
    let id = id
    thread.enqueue { loop in loop.remove(id) }
  }

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
        reason: "the path has \(length) bytes; the path of a Unix socket may have at most \(limit)")
    }
  }

  /// Enables IPv6, because libzmq accepts an IPv6 address only with this option, and then no longer
  /// binds `*` to IPv4 only.
  private static func allowIPv6(_ handle: UnsafeMutableRawPointer, _ endpoint: String) {
    guard endpoint.hasPrefix("tcp://[") else { return }
    var isAllowed: Int32 = 1
    zmq_setsockopt(handle, ZMQ_IPV6, &isAllowed, MemoryLayout<Int32>.size)
  }
}

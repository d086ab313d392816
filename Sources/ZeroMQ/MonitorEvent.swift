import CZeroMQ

/// An event of a socket's connections.
public struct MonitorEvent: Sendable {
  /// The kind of event.
  public enum Kind: Sendable, Equatable {
    /// A connection was made.
    case connected
    /// A connection is being made, or will be tried again.
    case connecting
    /// The peers agreed on the protocol; messages can flow.
    case handshakeSucceeded
    /// The peers did not agree, or the keys were wrong.
    case handshakeFailed
    /// A connection ended; everything that was sent over it has been received.
    case disconnected
    /// A socket listens.
    case listening
    /// A socket could not listen.
    case bindFailed
    /// Another event, by libzmq's number.
    case other(UInt16)
  }

  /// The kind of event.
  public var kind: Kind

  /// The address of the connection.
  public var endpoint: String

  /// The descriptor of a new or ended connection, for ``Arrival``; nil for other events.
  public var descriptor: Int32?

  init?(_ message: ReceivedMessage) {
    let parts = message.bytes
    guard let first = parts.first, first.count >= 2 else { return nil }
    let number = first.withUnsafeBytes { $0.loadUnaligned(as: UInt16.self) }
    switch Int32(number) {
    case ZMQ_EVENT_CONNECTED: kind = .connected
    case ZMQ_EVENT_CONNECT_DELAYED, ZMQ_EVENT_CONNECT_RETRIED: kind = .connecting
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED: kind = .handshakeSucceeded
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL,
      ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
      kind = .handshakeFailed
    case ZMQ_EVENT_DISCONNECTED: kind = .disconnected
    case ZMQ_EVENT_LISTENING: kind = .listening
    case ZMQ_EVENT_BIND_FAILED: kind = .bindFailed
    default: kind = .other(number)
    }
    switch kind {
    case .connected, .disconnected:
      // libzmq puts the descriptor after the number of the event.
      guard first.count >= 6 else { break }
      descriptor = first.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 2, as: Int32.self) }
    default: break
    }
    endpoint = parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : ""
  }
}

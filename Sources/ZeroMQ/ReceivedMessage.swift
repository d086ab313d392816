import CZeroMQ
import Glibc

/// A complete received message, whose parts are in libzmq's memory.
///
/// One object owns all parts, because a kernel's message has seven, most of them short.
public final class ReceivedMessage: Sendable {
  // Written only during reception, on the I/O thread; other threads only read.
  nonisolated(unsafe) private var parts: UnsafeMutablePointer<zmq_msg_t>
  nonisolated(unsafe) private var capacity = 8

  /// The number of parts.
  nonisolated(unsafe) public private(set) var count = 0

  /// The total size of its parts in bytes.
  nonisolated(unsafe) public private(set) var size = 0

  /// Creates a message by taking over its first part.
  init(taking first: inout zmq_msg_t) {
    parts = .allocate(capacity: capacity)
    take(&first)
  }

  deinit {
    for index in 0..<count { zmq_msg_close(parts + index) }
    parts.deallocate()
  }

  private func take(_ part: inout zmq_msg_t) {
    if count == capacity { grow() }
    zmq_msg_init(parts + count)
    zmq_msg_move(parts + count, &part)
    size += zmq_msg_size(parts + count)
    count += 1
  }

  private func grow() {
    let larger = UnsafeMutablePointer<zmq_msg_t>.allocate(capacity: capacity * 2)
    for index in 0..<count {
      zmq_msg_init(larger + index)
      zmq_msg_move(larger + index, parts + index)
      zmq_msg_close(parts + index)
    }
    parts.deallocate()
    parts = larger
    capacity *= 2
  }

  /// The bytes of a part, without a copy; valid only as long as the message exists.
  public subscript(index: Int) -> UnsafeRawBufferPointer {
    precondition(index >= 0 && index < count, "a message with \(count) parts has no part \(index)")
    let size = zmq_msg_size(parts + index)
    return UnsafeRawBufferPointer(start: size > 0 ? zmq_msg_data(parts + index) : nil, count: size)
  }

  /// Passes the bytes of all parts to a function, without a copy.
  public func withUnsafeBytes<R, Failure>(
    _ body: ([UnsafeRawBufferPointer]) throws(Failure) -> R
  ) throws(Failure) -> R {
    defer { withExtendedLifetime(self) {} }
    return try body((0..<count).map { self[$0] })
  }

  /// A copy of the bytes of all parts.
  public var bytes: [[UInt8]] { withUnsafeBytes { parts in parts.map { Array($0) } } }

  /// Receives the next message of a socket.
  ///
  /// - Returns: the message; nil if there is none now.
  static func next(from socket: UnsafeMutableRawPointer) -> ReceivedMessage? {
    var part = zmq_msg_t()
    zmq_msg_init(&part)
    defer { zmq_msg_close(&part) }
    var message: ReceivedMessage?
    while true {
      while zmq_msg_recv(&part, socket, ZMQ_DONTWAIT) < 0 {
        // libzmq delivers complete messages: either all of one or nothing is available.
        guard zmq_errno() == EINTR else { return nil }
      }
      let hasMore = zmq_msg_more(&part) != 0
      if let message { message.take(&part) } else { message = ReceivedMessage(taking: &part) }
      if !hasMore { return message }
    }
  }
}

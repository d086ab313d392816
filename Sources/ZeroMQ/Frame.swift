import CZeroMQ

/// One part of a message to send: its bytes are copied once, into a buffer that libzmq owns.
public final class Frame: Sendable {
  // Written only when it is created; to send it, the I/O thread creates another that shares its
  // bytes.
  nonisolated(unsafe) private let message: UnsafeMutablePointer<zmq_msg_t>

  /// Creates a frame with a copy of these bytes.
  public init(_ bytes: some Collection<UInt8>) {
    message = .allocate(capacity: 1)
    guard zmq_msg_init_size(message, bytes.count) == 0 else {
      // Fatal, like any other failed allocation.
      fatalError("no memory for a frame of \(bytes.count) bytes")
    }
    if !bytes.isEmpty {
      UnsafeMutableRawBufferPointer(start: zmq_msg_data(message), count: bytes.count)
        .copyBytes(from: bytes)
    }
  }

  deinit {
    zmq_msg_close(message)
    message.deallocate()
  }

  /// Sends the part, sharing its buffer; returns -1 if it cannot be sent now, and the frame is
  /// unchanged.
  func send(to socket: UnsafeMutableRawPointer, more: Bool) -> Int32 {
    var shared = zmq_msg_t()
    zmq_msg_init(&shared)
    zmq_msg_copy(&shared, message)
    let result = zmq_msg_send(&shared, socket, ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0))
    if result < 0 {
      let number = zmq_errno()
      zmq_msg_close(&shared)
      ZeroMQError.restore(number)
    }
    return result
  }
}

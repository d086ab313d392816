import CSystemShims

/// What has come over a connection so far, in bytes: libzmq hands on whole messages only, and a large
/// one takes its time.
public struct Arrival: Sendable, Equatable {
  /// How many bytes have come in all; 0 over a Unix socket, which does not count them.
  public let received: UInt64

  /// How many bytes have come that libzmq has not read yet.
  public let waiting: UInt64

  /// What has come over the connection with that descriptor, which ``MonitorEvent`` tells.
  ///
  /// All is zero for a connection that has ended.
  public init(descriptor: Int32) {
    let arrival = lyre_arrival(descriptor)
    received = arrival.received
    waiting = arrival.waiting
  }

  /// Whether something is arriving, as far as it differs from an earlier look.
  public func isMoving(since earlier: Arrival?) -> Bool {
    waiting > 0 || received != (earlier?.received ?? received)
  }
}

import CSystemShims

/// The bytes received over a connection so far: libzmq delivers only complete messages, and a large
/// one takes time.
public struct Arrival: Sendable, Equatable {
  /// The total number of bytes received; 0 for a Unix socket, which does not count them.
  public let received: UInt64

  /// The number of received bytes that libzmq has not read yet.
  public let waiting: UInt64

  /// Reads the counters of the connection with a descriptor, which ``MonitorEvent`` reports.
  ///
  /// All are zero for a connection that has ended.
  public init(descriptor: Int32) {
    let arrival = lyre_arrival(descriptor)
    received = arrival.received
    waiting = arrival.waiting
  }

  /// Whether data is arriving, compared with an earlier check.
  public func isMoving(since earlier: Arrival?) -> Bool {
    waiting > 0 || received != (earlier?.received ?? received)
  }
}

import JupyterProtocol
import Synchronization
import ZeroMQ

/// The connections on which a kernel answers and broadcasts, to see whether something is arriving.
final class Connections: Sendable {
  private struct State {
    var descriptors: [Channel: Int32] = [:]
    var last: [Channel: Arrival] = [:]
  }

  private let state = Mutex(State())

  /// Takes what is told of a channel's connection.
  func note(_ event: MonitorEvent, on channel: Channel) {
    state.withLock { state in
      switch event.kind {
      case .connected: state.descriptors[channel] = event.descriptor
      case .disconnected:
        guard state.descriptors[channel] == event.descriptor else { return }
        state.descriptors[channel] = nil
      default: return
      }
      state.last[channel] = nil
    }
  }

  /// Whether bytes have come since the last time that this was asked, or wait to be read.
  var isArriving: Bool {
    state.withLock { state in
      var isMoving = false
      for (channel, descriptor) in state.descriptors {
        let now = Arrival(descriptor: descriptor)
        // No look may be left out: each is what the next one is compared with.
        if now.isMoving(since: state.last[channel]) { isMoving = true }
        state.last[channel] = now
      }
      return isMoving
    }
  }
}

/// A number that several threads count up.
final class Counter: Sendable {
  private let count = Atomic<Int>(0)

  var value: Int { count.load(ordering: .acquiring) }

  func up() { count.add(1, ordering: .releasing) }
}

import JupyterProtocol
import Synchronization
import ZeroMQ

/// The shell and iopub connections of a kernel, watched for arriving data.
final class Connections: Sendable {
  private struct State {
    var descriptors: [Channel: Int32] = [:]
    var last: [Channel: Arrival] = [:]
  }

  private let state = Mutex(State())

  /// Records a monitor event of a channel's connection.
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

  /// Whether bytes arrived since the last call, or wait to be read.
  var isArriving: Bool {
    state.withLock { state in
      var isMoving = false
      for (channel, descriptor) in state.descriptors {
        let now = Arrival(descriptor: descriptor)
        // Every connection is checked, because the next call compares with this result.
        if now.isMoving(since: state.last[channel]) { isMoving = true }
        state.last[channel] = now
      }
      return isMoving
    }
  }
}

/// A counter that several threads increment.
final class Counter: Sendable {
  private let count = Atomic<Int>(0)

  var value: Int { count.load(ordering: .acquiring) }

  func up() { count.add(1, ordering: .releasing) }
}

import Glibc
import NotebookExecution
import Processes
import Synchronization

/// The means to stop what a node runs.
final class NodeControl: Sendable {
  private struct State {
    var signal: Int32?
    var notebook: RunControl?
    var process: ChildProcess?
    var waiters: [Int: CheckedContinuation<Int32?, Never>] = [:]
    var nextWaiter = 0
  }

  private let state = Mutex(State())

  /// The signal that it was stopped by; nil when it was not.
  var stopSignal: Int32? { state.withLock { $0.signal } }

  /// Stops the node; the second call kills what runs.
  func stop(signal: Int32) {
    let (isSecond, notebook, process, waiters) = state.withLock { state in
      let isSecond = state.signal != nil
      if !isSecond { state.signal = signal }
      defer { state.waiters = [:] }
      return (isSecond, state.notebook, state.process, Array(state.waiters.values))
    }
    notebook?.stop(signal: signal)
    if isSecond { process?.kill() }
    for waiter in waiters { waiter.resume(returning: signal) }
  }

  /// The run of a notebook has begun.
  func attach(_ control: RunControl) {
    let signal = state.withLock { state in
      state.notebook = control
      return state.signal
    }
    if let signal { control.stop(signal: signal) }
  }

  /// The process of a script is there.
  func attach(_ process: ChildProcess) {
    state.withLock { $0.process = process }
  }

  /// Waits for ``stop(signal:)``; several may wait, and one that gives up leaves the others alone.
  ///
  /// - Returns: the signal; nil when the task was cancelled first.
  func waitForStop() async -> Int32? {
    let ticket = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let (signal, isWaiting) = state.withLock { state -> (Int32?, Bool) in
          // Asked once: the handler below resumes exactly those that are in the table.
          let isWaiting = state.signal == nil && !Task.isCancelled
          if isWaiting { state.waiters[ticket] = continuation }
          return (state.signal, isWaiting)
        }
        if !isWaiting { continuation.resume(returning: signal) }
      }
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: ticket) }?.resume(returning: nil)
    }
  }

  /// Waits so long.
  ///
  /// - Returns: whether the time is over; false when it was stopped first.
  func pause(for duration: Duration) async -> Bool {
    await withTaskGroup { group in
      group.addTask { (try? await Task.sleep(for: duration)) != nil }
      group.addTask { await self.waitForStop() == nil }
      let isOver = await group.next() ?? true
      group.cancelAll()
      return isOver && self.stopSignal == nil
    }
  }
}

/// The means to stop a pipeline's run from outside, by a signal's handler for example.
///
/// The first call of ``stop(signal:)`` interrupts all nodes that run and starts no more; notebooks
/// keep what they have output. The second kills what still runs.
public final class PipelineControl: Sendable {
  private struct State {
    var signal: Int32?
    var nodes: [Int: NodeControl] = [:]
  }

  private let state = Mutex(State())

  /// A control for one run.
  public init() {}

  /// The signal that the run was stopped by; nil when it was not.
  public var stopSignal: Int32? { state.withLock { $0.signal } }

  /// Stops the run.
  ///
  /// - Parameter signal: the number of the signal that is the reason.
  public func stop(signal: Int32) {
    let nodes = state.withLock { state in
      state.signal = state.signal ?? signal
      return Array(state.nodes.values)
    }
    for node in nodes { node.stop(signal: signal) }
  }

  func attach(_ control: NodeControl, at place: Int) {
    let signal = state.withLock { state in
      state.nodes[place] = control
      return state.signal
    }
    if let signal { control.stop(signal: signal) }
  }

  func detach(_ place: Int) { state.withLock { _ = $0.nodes.removeValue(forKey: place) } }
}

import Glibc
import NotebookExecution
import Processes
import Synchronization
import SystemSupport

/// Stops a running node.
final class NodeControl: Sendable {
  private struct State {
    var signal: Int32?
    var notebook: RunControl?
    var process: ChildProcess?
    var waiters: [Int: CheckedContinuation<Int32?, Never>] = [:]
    var nextWaiter = 0
    var observers: [@Sendable (Int32) -> Void] = []
    var isKilled = false
    var killObservers: [@Sendable () -> Void] = []
  }

  private let state = Mutex(State())

  /// The signal that stopped it; nil if it was not stopped.
  var stopSignal: Int32? { state.withLock { $0.signal } }

  /// Whether it was stopped a second time, and has to end at once.
  var isKilled: Bool { state.withLock { $0.isKilled } }

  /// Stops the node; the second call kills it.
  func stop(signal: Int32) {
    let (isSecond, notebook, process, waiters, observers) = state.withLock { state in
      let isSecond = state.signal != nil
      if isSecond { state.isKilled = true } else { state.signal = signal }
      defer { (state.waiters, state.observers) = ([:], []) }
      return (
        isSecond, state.notebook, state.process, Array(state.waiters.values), state.observers
      )
    }
    notebook?.stop(signal: signal)
    if isSecond {
      process?.kill()
      let killObservers = state.withLock { state in
        defer { state.killObservers = [] }
        return state.killObservers
      }
      for observer in killObservers { observer() }
    }
    for waiter in waiters { waiter.resume(returning: signal) }
    for observer in observers { observer(signal) }
  }

  /// Calls a function when the node is stopped, or at once if it was.
  func whenStopped(_ body: @escaping @Sendable (Int32) -> Void) {
    let signal = state.withLock { state -> Int32? in
      if state.signal == nil { state.observers.append(body) }
      return state.signal
    }
    if let signal { body(signal) }
  }

  /// Calls a function when the node is killed by a second stop, or at once if it was.
  func whenKilled(_ body: @escaping @Sendable () -> Void) {
    let isKilled = state.withLock { state in
      if !state.isKilled { state.killObservers.append(body) }
      return state.isKilled
    }
    if isKilled { body() }
  }

  /// Sets the control of a notebook's run once it has begun.
  func attach(_ control: RunControl) {
    let signal = state.withLock { state in
      state.notebook = control
      return state.signal
    }
    if let signal { control.stop(signal: signal) }
  }

  /// Sets the process of a script once it exists.
  func attach(_ process: ChildProcess) {
    state.withLock { $0.process = process }
  }

  /// Waits for ``stop(signal:)``; several tasks may wait, and cancelling one does not affect the
  /// others.
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
          // Checked once: the handler below resumes only registered continuations.
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

  /// Does something, and gives it up when the node is stopped.
  ///
  /// - Parameter body: its task is cancelled then.
  /// - Returns: its value; nil if the node was stopped.
  func unlessStopped<Value: Sendable, Failure: Error>(
    _ body: @escaping @Sendable () async throws(Failure) -> Value
  ) async throws(Failure) -> Value? {
    try await unless({ _ = await self.waitForStop() }, body)
  }

  /// Does something, and gives it up when the node is stopped a second time.
  ///
  /// - Parameter body: its task is cancelled then.
  /// - Returns: its value; nil if the node was killed.
  func unlessKilled<Value: Sendable, Failure: Error>(
    _ body: @escaping @Sendable () async throws(Failure) -> Value
  ) async throws(Failure) -> Value? {
    let (kills, continuation) = AsyncStream<Void>.makeStream()
    whenKilled { continuation.finish() }
    return try await unless({ for await _ in kills {} }, body)
  }

  /// Waits for a duration.
  ///
  /// - Returns: whether the time has passed; false if the node was stopped first.
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

/// Stops a pipeline's run from outside, for example in a signal handler.
///
/// The first call of ``stop(signal:)`` interrupts all running nodes and starts no more; notebooks
/// keep their outputs so far. The second call kills the nodes that still run.
public final class PipelineControl: Sendable {
  private struct State {
    var signal: Int32?
    var nodes: [Int: NodeControl] = [:]
  }

  private let state = Mutex(State())

  /// Creates a control for one run.
  public init() {}

  /// The signal that stopped the run; nil if it was not stopped.
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

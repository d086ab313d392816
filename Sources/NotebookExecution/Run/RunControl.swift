public import Processes
import Synchronization

/// The means to stop a run from outside, by a signal's handler for example.
///
/// The first call of ``stop(signal:)`` interrupts the cell that runs; what it has output is kept
/// and the run ends. The second kills the kernel.
public final class RunControl: Sendable {
  private struct State {
    var signal: Int32?
    var wake: (@Sendable () -> Void)?
    /// Held by its kernel while it runs; a control may be kept for much longer.
    weak var process: ChildProcess?
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
    let (wake, process, isSecond) = state.withLock { state in
      let isSecond = state.signal != nil
      if !isSecond { state.signal = signal }
      return (state.wake, state.process, isSecond)
    }
    // While the kernel starts there is nothing to interrupt, and nothing to lose.
    if isSecond || wake == nil { process?.kill() }
    wake?()
  }

  /// The kernel's process is there.
  public func attach(_ process: ChildProcess) {
    let isStopped = state.withLock { state in
      state.process = process
      return state.signal != nil
    }
    if isStopped { process.kill() }
  }

  /// What is to be called when the run is to stop, while cells run.
  func onStop(_ wake: (@Sendable () -> Void)?) {
    state.withLock { $0.wake = wake }
  }
}

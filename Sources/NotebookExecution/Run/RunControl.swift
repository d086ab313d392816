public import Processes
import Synchronization

/// Stops a run from outside, for example in a signal handler.
///
/// The first call of ``stop(signal:)`` interrupts the running cell; its outputs so far are kept and
/// the run ends. The second call kills the kernel.
public final class RunControl: Sendable {
  private struct State {
    var signal: Int32?
    var wake: (@Sendable () -> Void)?
    /// Owned by its kernel while it runs; a control may exist much longer.
    weak var process: ChildProcess?
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
    let (wake, process, isSecond) = state.withLock { state in
      let isSecond = state.signal != nil
      if !isSecond { state.signal = signal }
      return (state.wake, state.process, isSecond)
    }
    // During the kernel's start there is nothing to interrupt, and no work to lose.
    if isSecond || wake == nil { process?.kill() }
    wake?()
  }

  /// Sets the kernel's process once it exists.
  public func attach(_ process: ChildProcess) {
    let isStopped = state.withLock { state in
      state.process = process
      return state.signal != nil
    }
    if isStopped { process.kill() }
  }

  /// Sets the function to call when the run should stop, while cells run.
  func onStop(_ wake: (@Sendable () -> Void)?) {
    state.withLock { $0.wake = wake }
  }
}

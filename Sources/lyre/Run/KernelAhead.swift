import KernelClient
import KernelLauncher
import NotebookDocument
import NotebookExecution
import Synchronization
import SystemSupport

/// A kernel that is started before its notebook runs, and that ends while the next notebook is
/// already running.
///
/// It reports nothing: if it does not start, or does not fit when the notebook runs, the notebook's
/// own run starts a kernel and reports errors.
final class KernelAhead: Sendable {
  /// A kernel that waits for its notebook.
  struct Started: Sendable {
    var kernel: Kernel
    /// When its start began and ended, in nanoseconds since 1970-01-01 00:00 UTC.
    var begin: Int64
    var end: Int64
    /// How long its start took.
    var duration: Duration
  }

  private struct State {
    var started: Started?
    var workingDirectory: String?
    var onCut: (@Sendable (KernelConfiguration.CutShutdown) -> Void)?
  }

  private let state = Mutex(State())
  private let settled = Latch()
  private let released = Latch()
  /// Opens when the kernel has ended, or was never started.
  private let ended = Latch()
  /// Opens when the previous kernel has ended.
  private let previousEnded: Latch?
  private let gate: Latch

  /// Creates a kernel that is started later.
  ///
  /// - Parameters:
  ///   - previous: the previous kernel.
  ///   - gate: the latch to wait for before the start.
  init(previous: KernelAhead?, after gate: Latch) {
    // Only its latch: a chain of kernels would keep all of them alive.
    previousEnded = previous?.ended
    self.gate = gate
  }

  /// Starts the kernel, and ends it when it is released.
  func run(_ plan: RunPlan, _ argument: String, _ control: RunControl) async {
    defer {
      settled.open()
      ended.open()
      // The list of these kernels exists during the whole run, so it must not keep the kernel's
      // resources.
      state.withLock { $0 = State() }
    }
    await gate.wait()
    guard !released.isOpen, control.stopSignal == nil, argument != "-",
      let document = try? NotebookInput.document(argument),
      let choice = try? KernelChoice(
        document, asked: plan.kernelName, fallback: plan.kernelFallback)
    else { return }
    var configuration = plan.kernelConfiguration(for: argument).forRun(of: choice.spec)
    configuration.callOnLaunch { control.attach($0) }
    configuration.onCutShutdown = { [self] cut in
      let tell = state.withLock { $0.onCut }
      tell?(cut)
    }
    let directory = configuration.workingDirectory
    let (begin, start) = (wallClockNanoseconds(), ContinuousClock.now)
    try? await withKernel(choice.spec, configuration: configuration) { kernel in
      let started = Started(
        kernel: kernel, begin: begin, end: wallClockNanoseconds(),
        duration: ContinuousClock.now - start)
      state.withLock { state in
        state.started = started
        state.workingDirectory = directory
      }
      settled.open()
      await released.wait()
    }
  }

  /// Returns the kernel once it is ready, if it fits the notebook and is still running.
  ///
  /// If it returns nil, the previous kernels have ended: some kernels cannot run beside another of
  /// their kind.
  func take(_ spec: KernelSpec, workingDirectory: String?) async -> Started? {
    await settled.wait()
    let (started, directory) = state.withLock { ($0.started, $0.workingDirectory) }
    if let started, started.kernel.spec == spec, directory == workingDirectory,
      started.kernel.exitStatus == nil
    {
      return started
    }
    release()
    await ended.wait()
    await previousEnded?.wait()
    return nil
  }

  /// Sets the function to call when the kernel's shutdown is cut short.
  func onCutShutdown(_ body: @escaping @Sendable (KernelConfiguration.CutShutdown) -> Void) {
    state.withLock { $0.onCut = body }
  }

  /// Ends the kernel without waiting for it.
  func release() { released.open() }

  /// Waits until the kernel has ended, or is known never to start.
  func waitForEnd() async { await ended.wait() }
}

import KernelClient
import KernelLauncher
import NotebookDocument
import NotebookExecution
import Synchronization
import SystemSupport

/// A kernel that is started before the turn of the notebook that will use it, and that ends while
/// the next notebook runs already.
///
/// It says nothing: where it does not come about, or does not fit when the turn has come, the
/// notebook's own run starts a kernel and tells what is wrong.
final class KernelAhead: Sendable {
  /// A kernel that waits for its notebook.
  struct Started: Sendable {
    var kernel: Kernel
    /// When it was started, and when it was ready: nanoseconds since 1970-01-01 00:00 UTC.
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
  /// Open once the kernel has ended, or was never started.
  private let ended = Latch()
  /// Open once the kernel before it has ended.
  private let previousEnded: Latch?
  private let gate: Latch

  /// A kernel to be.
  ///
  /// - Parameters:
  ///   - previous: the one before it.
  ///   - gate: what it waits for before it starts.
  init(previous: KernelAhead?, after gate: Latch) {
    // Its latch alone: a chain of all that there were would keep every one of them.
    previousEnded = previous?.ended
    self.gate = gate
  }

  /// Starts the kernel and ends it once it is released.
  func run(_ plan: RunPlan, _ argument: String, _ control: RunControl) async {
    defer {
      settled.open()
      ended.open()
      // The list of all kernels ahead lives as long as the run: it must not hold what a kernel has.
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

  /// The kernel, once it is ready: where it is what the notebook needs, and still runs.
  ///
  /// Where there is none, those before it have ended when this returns: some kernels cannot run
  /// beside another of their kind.
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

  /// Has something called when what the kernel does at its end is cut.
  func onCutShutdown(_ body: @escaping @Sendable (KernelConfiguration.CutShutdown) -> Void) {
    state.withLock { $0.onCut = body }
  }

  /// Has the kernel end; nobody waits for that here.
  func release() { released.open() }
}

public import KernelClient
public import KernelLauncher
public import NotebookDocument
import Processes
public import RunEvents
import Synchronization
import SystemSupport

/// Starts a kernel, runs a notebook's cells in it, and ends it.
///
/// The document passed to `finish` contains all outputs that arrived, however the run ended. The
/// kernel shuts down meanwhile, so writing the document costs no extra time.
///
/// - Parameters:
///   - document: the notebook.
///   - spec: the kernel to start.
///   - kernelConfiguration: how to start the kernel.
///   - configuration: how to run the notebook.
///   - control: stops the run.
///   - save: called during the run with the document and the places of the changed cells.
///   - finish: called with the document and the result at the end of the run.
///   - report: called with every event, in order.
/// - Returns: the result.
/// - Throws: `KernelError` when the kernel could not be started, and what `finish` throws.
public func runNotebook(
  _ document: NotebookDocument, with spec: KernelSpec,
  kernelConfiguration: KernelConfiguration = .init(), configuration: RunConfiguration = .init(),
  control: RunControl = .init(), save: @escaping NotebookRunner.SaveHandler = { _, _ in },
  finish: (NotebookDocument, RunResult) throws -> Void,
  report: ((RunEvent) -> Void)? = nil
) async throws -> RunResult {
  var kernelConfiguration = kernelConfiguration.forRun(of: spec)
  kernelConfiguration.callOnLaunch { control.attach($0) }
  func tell(_ kind: @autoclosure () -> RunEvent.Kind) {
    report?(RunEvent(kind(), of: configuration.subject))
  }
  tell(.kernelStarting(name: spec.name))
  let cut = Mutex<KernelConfiguration.CutShutdown?>(nil)
  let onCut = kernelConfiguration.onCutShutdown
  kernelConfiguration.onCutShutdown = { shutdown in
    onCut?(shutdown)
    cut.withLock { $0 = shutdown }
  }
  let start = ContinuousClock.now
  let result = try await withKernel(spec, configuration: kernelConfiguration) { kernel in
    tell(.kernelReady(KernelDescription(kernel, startDuration: ContinuousClock.now - start)))
    return try await runNotebook(
      document, in: kernel, configuration: configuration, control: control, save: save,
      finish: finish, report: report)
  }
  // The run is over by then, because the notebook is written while its kernel shuts down.
  if let cut = cut.withLock(\.self) { tell(.warning(RunWarning(of: cut))) }
  return result
}

extension RunWarning {
  /// Creates the warning that a kernel's shutdown was cut short.
  public init(of cut: KernelConfiguration.CutShutdown) {
    self.init(
      "the kernel did not exit within \(cut.timeout.secondsText) s after it was asked to shut down, and "
        + "was ended by \(ExitStatus.name(of: cut.signal)): its work at exit may be incomplete; "
        + "use --shutdown-timeout SECONDS to give it longer", kind: .cutShutdown)
  }
}

/// Runs a notebook's cells in a kernel that is ready, and asks it to shut down.
///
/// - Parameters:
///   - document: the notebook.
///   - kernel: the kernel; it ends with the scope in which it was started.
///   - configuration: how to run the notebook.
///   - control: stops the run.
///   - save: called during the run with the document and the places of the changed cells.
///   - finish: called with the document and the result at the end of the run, while the kernel
///     shuts down.
///   - report: called with every event, in order.
/// - Returns: the result.
/// - Throws: what `finish` throws.
public func runNotebook(
  _ document: NotebookDocument, in kernel: Kernel, configuration: RunConfiguration = .init(),
  control: RunControl = .init(), save: @escaping NotebookRunner.SaveHandler = { _, _ in },
  finish: (NotebookDocument, RunResult) throws -> Void,
  report: ((RunEvent) -> Void)? = nil
) async throws -> RunResult {
  var runner = NotebookRunner(
    document, configuration: configuration, control: control, save: save, report: report)
  let result = await runner.run(in: kernel)
  kernel.beginShutdown()
  try finish(runner.document, result)
  return result
}

extension KernelConfiguration {
  /// The kernel configuration for running a notebook.
  ///
  /// ipykernel keeps its history in memory: a run does not belong in the user's history, and a
  /// history on disk is locked and slow.
  public func forRun(of spec: KernelSpec) -> KernelConfiguration {
    var result = self
    let option = "--HistoryManager.hist_file="
    if spec.isIPython, !(spec.argv + extraArguments).contains(where: { $0.hasPrefix(option) }) {
      result.extraArguments.append(option + ":memory:")
    }
    return result
  }
}

import Glibc
import KernelClient
import KernelLauncher
import NotebookDocument
import NotebookExecution
import Reports
import Synchronization
import SystemSupport

extension RunPlan {
  /// A notebook's run that has ended, but for its kernel, if that was started ahead.
  private struct Ended: Sendable {
    let code: ExitCode
    let reporter: any NotebookReporter
    let kernel: KernelAhead?
  }

  /// How the runs of all notebooks ended.
  struct Ending: Sendable {
    /// The exit codes of the notebooks that were run.
    var codes: [ExitCode]
    /// The signal that stopped the runs; 0 for none.
    var signal: Int32
  }

  /// Runs every notebook, several at once if requested, and returns the highest exit code.
  func run() async -> ExitCode {
    let junit = report.map { _ in JUnitReport() }
    let ending = await runNotebooks { index in
      RunReporter(
        self, notebooks[index].argument, notebooks[index].destination, isPrefixed: jobs > 1,
        junit: junit, page: pages?[index])
    }
    return finish(ending, junit)
  }

  /// Runs every notebook, several at once if requested.
  ///
  /// - Parameters:
  ///   - failsFast: whether to start no more notebooks after a failure.
  ///   - makeReporter: creates the reporter of the notebook at an index.
  func runNotebooks(
    failsFast: Bool = false,
    makeReporter: (_ index: Int) -> any NotebookReporter
  ) async -> Ending {
    let controls = notebooks.map { _ in RunControl() }
    let stopped = Atomic<Int32>(0)
    Signals.handle { signal in
      stopped.store(signal, ordering: .relaxed)
      Stopping.ask()
      for control in controls { control.stop(signal: signal) }
    }
    var codes: [ExitCode] = []
    // A single notebook has no other kernel to start ahead, and one that is compared first may need
    // none.
    let startsAhead = kernelConfiguration.warmStarts != nil && reuse?.isAsked != true
    await withTaskGroup(of: Ended?.self) { group in
      var next = 0
      var aheads: [KernelAhead] = []
      /// The kernel of a notebook, which starts once the gate is open.
      func ahead(_ index: Int, after gate: Latch) -> KernelAhead? {
        guard startsAhead, index < notebooks.count else { return nil }
        if index < aheads.count { return aheads[index] }
        let kernel = KernelAhead(previous: aheads.last, after: gate)
        aheads.append(kernel)
        group.addTask {
          await kernel.run(self, notebooks[index].argument, controls[index])
          return nil
        }
        return kernel
      }
      func isOver() -> Bool {
        stopped.load(ordering: .relaxed) != 0 || failsFast && codes.contains { $0 != .success }
      }
      func startNext() {
        guard next < notebooks.count, !isOver() else { return }
        let index = next
        next += 1
        let notebook = notebooks[index]
        let reporter = makeReporter(index)
        let own = ahead(index, after: Latch(isOpen: true))
        let begun = Latch()
        // The first kernels start together.
        if next >= jobs { _ = ahead(next, after: begun) }
        group.addTask {
          let code = await NotebookRun(
            plan: self, argument: notebook.argument, destination: notebook.destination,
            control: controls[index], reporter: reporter, ahead: own, begun: begun
          ).run()
          own?.release()
          begun.open()
          return Ended(code: code, reporter: reporter, kernel: own)
        }
      }
      for _ in 0..<jobs { startNext() }
      for await case let ended? in group {
        codes.append(ended.code)
        startNext()
        group.addTask {
          // A kernel that was started ahead may report something at its end.
          await ended.kernel?.waitForEnd()
          await onOwnThread { ended.reporter.close() }
          return nil
        }
        // Kernels whose notebooks will not run.
        if isOver() {
          for kernel in aheads.dropFirst(next) { kernel.release() }
        }
      }
      let signal = stopped.load(ordering: .relaxed)
      for (index, notebook) in notebooks.enumerated().dropFirst(next) where signal != 0 {
        let reporter = makeReporter(index)
        let document =
          notebook.argument == "-" ? nil : try? NotebookInput.document(notebook.argument)
        _ = reporter.stopped(signal, document, hasBegun: false)
        reporter.close()
      }
    }
    await kernelConfiguration.warmStarts?.end()
    return Ending(codes: codes, signal: stopped.load(ordering: .relaxed))
  }

  /// Writes the report and the last events.
  ///
  /// - Returns: the exit code of all runs.
  func finish(_ ending: Ending, _ junit: JUnitReport?) -> ExitCode {
    var all = ending.codes
    if let junit, let failure = report?.writeReport(junit.text) {
      Printer.shared.log("error: \(failure)")
      all.append(.notWritten)
    }
    if let failure = events?.close() {
      Printer.shared.log("error: \(failure)")
      all.append(.notWritten)
    }
    return ending.signal != 0 ? ExitCode(signal: ending.signal) : ExitCode.worst(all)
  }
}

extension RunPlan {
  /// The name of a notebook in messages and events.
  func name(of argument: String) -> String {
    remote.name(of: argument) ?? NotebookInput.name(argument)
  }

  /// The configuration of a notebook's kernel.
  func kernelConfiguration(for argument: String) -> KernelConfiguration {
    var configuration = kernelConfiguration
    // A copy of a remote file has nothing beside it.
    configuration.workingDirectory =
      workingDirectory
      ?? (remote.isCopy(argument) ? FilePath.currentDirectory : RunPlan.directory(of: argument))
    let isVerbose = isVerbose
    configuration.onProcessOutput = { output in
      // The output of cells arrives as messages too; the kernel's own log is rarely useful.
      if isVerbose { Printer.shared.passThrough(output.bytes, toError: true) }
    }
    return configuration
  }

  /// The directory of the notebook as named: for a link, that of the link and not of its target,
  /// because the data is beside it; nil for standard input.
  private static func directory(of argument: String) -> String? {
    guard argument != "-" else { return nil }
    let directory = FilePath.parts(argument).directory
    return FilePath.real(directory.isEmpty ? "/" : directory)
  }
}

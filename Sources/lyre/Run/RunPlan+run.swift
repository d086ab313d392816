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
    let reporter: RunReporter
    let kernel: KernelAhead?
  }

  /// Runs every notebook, several at once if requested, and returns the highest exit code.
  func run() async -> ExitCode {
    let controls = notebooks.map { _ in RunControl() }
    let stopped = Atomic<Int32>(0)
    Signals.handle { signal in
      stopped.store(signal, ordering: .relaxed)
      Stopping.ask()
      for control in controls { control.stop(signal: signal) }
    }
    let junit = report.map { _ in JUnitReport() }
    let isPrefixed = jobs > 1
    let codes = Mutex<[ExitCode]>([])
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
      func startNext() {
        guard next < notebooks.count, stopped.load(ordering: .relaxed) == 0 else { return }
        let index = next
        next += 1
        let notebook = notebooks[index]
        let reporter = RunReporter(
          self, notebook.argument, notebook.destination, isPrefixed: isPrefixed, junit: junit,
          page: pages?[index])
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
        codes.withLock { $0.append(ended.code) }
        startNext()
        group.addTask {
          // A kernel that was started ahead may report something at its end.
          await ended.kernel?.waitForEnd()
          await onOwnThread { ended.reporter.close() }
          return nil
        }
        // Kernels whose notebooks will not run.
        if stopped.load(ordering: .relaxed) != 0 {
          for kernel in aheads.dropFirst(next) { kernel.release() }
        }
      }
      let signal = stopped.load(ordering: .relaxed)
      for (index, notebook) in notebooks.enumerated().dropFirst(next) where signal != 0 {
        let reporter = RunReporter(
          self, notebook.argument, notebook.destination, isPrefixed: isPrefixed, junit: junit,
          page: pages?[index])
        let document =
          notebook.argument == "-" ? nil : try? NotebookInput.document(notebook.argument)
        _ = reporter.stopped(signal, document, hasBegun: false)
        reporter.close()
      }
    }
    await kernelConfiguration.warmStarts?.end()
    var all = codes.withLock { $0 }
    if let junit, let failure = report?.writeReport(junit.text) {
      Printer.shared.log("error: \(failure)")
      all.append(.notWritten)
    }
    if let failure = events?.close() {
      Printer.shared.log("error: \(failure)")
      all.append(.notWritten)
    }
    let signal = stopped.load(ordering: .relaxed)
    if signal != 0 { return ExitCode(signal: signal) }
    return ExitCode.worst(all)
  }
}

extension RunPlan {
  /// The configuration of a notebook's kernel.
  func kernelConfiguration(for argument: String) -> KernelConfiguration {
    var configuration = kernelConfiguration
    configuration.workingDirectory = workingDirectory ?? RunPlan.directory(of: argument)
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

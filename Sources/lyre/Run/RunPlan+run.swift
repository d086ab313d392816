import KernelClient
import KernelLauncher
import NotebookExecution
import Synchronization

extension RunPlan {
  /// Runs every notebook, so many at once as asked for, and gives the code of the worst.
  func run() async -> ExitCode {
    let events: EventLog?
    do {
      events = try eventsPath.map { try EventLog($0) }
    } catch {
      Printer.shared.log("error: \(error)")
      return .notWritten
    }
    let controls = notebooks.map { _ in RunControl() }
    let stopped = Atomic<Int32>(0)
    Signals.handle { signal in
      stopped.store(signal, ordering: .relaxed)
      for control in controls { control.stop(signal: signal) }
    }
    let report = reportPath.map { _ in JUnitReport() }
    let isPrefixed = jobs > 1
    let codes = Mutex<[ExitCode]>([])
    await withTaskGroup(of: ExitCode.self) { group in
      var next = 0
      func startNext() {
        guard next < notebooks.count, stopped.load(ordering: .relaxed) == 0 else { return }
        let index = next
        next += 1
        let notebook = notebooks[index]
        let reporter = RunReporter(
          self, notebook.argument, notebook.destination, isPrefixed: isPrefixed, events: events,
          junit: report)
        group.addTask {
          await NotebookJob(
            plan: self, argument: notebook.argument, destination: notebook.destination,
            control: controls[index], reporter: reporter
          ).run()
        }
      }
      for _ in 0..<jobs { startNext() }
      for await code in group {
        codes.withLock { $0.append(code) }
        startNext()
      }
    }
    await kernelConfiguration.warmStarts?.end()
    var all = codes.withLock { $0 }
    if let path = reportPath, let report, !report.write(to: path) {
      Printer.shared.log("error: the report '\(path)' cannot be written")
      all.append(.notWritten)
    }
    if let events, !events.close() {
      Printer.shared.log("error: the events could not be written to '\(eventsPath ?? "")'")
      all.append(.notWritten)
    }
    let signal = stopped.load(ordering: .relaxed)
    if signal != 0 { return ExitCode(signal: signal) }
    return ExitCode.worst(all)
  }
}

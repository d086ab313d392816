import Glibc
import JSONCore
import JupyterProtocol
import KernelClient
import KernelLauncher
import NotebookDocument
import NotebookExecution
import RunEvents
import Synchronization
import SystemSupport

/// The run of one notebook, from its file to its result.
struct NotebookJob {
  var plan: RunPlan
  let argument: String
  let destination: RunPlan.Destination
  let control: RunControl
  let reporter: RunReporter
  /// The kernel started for it ahead of time; nil if it starts its own.
  let ahead: KernelAhead?
  /// Opens when its cells begin to run.
  let begun: Latch

  /// Runs the notebook and reports the result.
  func run() async -> ExitCode {
    var document: NotebookDocument
    let choice: KernelChoice?
    let lock: NotebookLock?
    do throws(NotebookError) {
      // One run at a time, because two would overwrite each other's results.
      lock = try NotebookJob.lock(destination.path(for: argument))
      try recover(lock)
      document = try NotebookInput.document(argument)
    } catch {
      return reporter.fail("\(error)", .unusableInput)
    }
    var input: NotebookDocument?
    if case .inPlace = destination {
      input = document
      do throws(OutputRefusal) {
        _ = try OutputPlace(argument)
      } catch {
        return reporter.fail("\(error); --output writes the result elsewhere", .unusableInput)
      }
    }
    do {
      let needsKernel = plan.existing == nil && (!plan.preparesOnly || plan.kernelName != nil)
      choice =
        needsKernel
        ? try KernelChoice(document, asked: plan.kernelName, fallback: plan.kernelFallback) : nil
    } catch {
      return reporter.fail(noKernel(error), .kernelNotStarted, document)
    }
    if let warning = choice?.warning { reporter.warn(warning) }
    if let version = document.upgradedFrom {
      if plan.keepsVersion {
        return reporter.fail(
          "nbformat \(version.major) is older than 4, and a run would make it nbformat 4.5; "
            + "leave out --keep-version to allow that", .unusableInput)
      }
      reporter.warn("nbformat \(version.major) is old; the result is nbformat 4.5")
    }
    tell(document.repair())
    if let reason = plan.nothingToRun(in: document) {
      return reporter.fail(reason, .unusableInput, document)
    }
    plan.missing(in: document).forEach(reporter.warn)
    do {
      let job = try injectingParameters(into: &document, for: choice?.spec)
      return await job.run(document, choice, input: input, lock: lock)
    } catch {
      return reporter.fail(error.message, .unusableInput)
    }
  }

  private static func lock(_ path: String?) throws(NotebookError) -> NotebookLock? {
    guard let path else { return nil }
    return try NotebookLock(path)
  }

  /// Puts the outputs of an interrupted run into the notebook.
  private func recover(_ lock: NotebookLock?) throws(NotebookError) {
    guard argument != "-" else { return }
    NotebookSaver.foreignRemains(argument).forEach(reporter.warn)
    guard NotebookSaver.hasRemains(argument) else { return }
    guard case .inPlace = destination else {
      // Files of an active run do not concern us.
      guard (try? NotebookLock(argument)) != nil else { return }
      return reporter.warn(
        "an interrupted run has left outputs; `lyre recover \(argument)` puts them into it")
    }
    do throws(NotebookError) {
      guard let recovery = try NotebookSaver.recover(argument, lock: lock) else { return }
      reporter.warn(recovery.description)
    } catch {
      // A damaged journal is left unchanged, and does not stop the run.
      guard error.code == .unreadable else { throw error }
      reporter.warn(error.description)
    }
  }

  private func tell(_ repairs: NotebookRepairs) {
    func cells(_ places: [Int]) -> String { places.map { "\($0 + 1)" }.joined(separator: ", ") }
    if !repairs.ids.isEmpty {
      reporter.warn("Lyre added missing unique ids: cell \(cells(repairs.ids))")
    }
    if !repairs.members.isEmpty {
      reporter.warn(
        "Lyre added missing metadata, outputs or execution_count: cell \(cells(repairs.members))")
    }
    if repairs.metadata { reporter.warn("Lyre added the missing metadata") }
  }

  private func noKernel(_ error: KernelNotFound) -> String {
    if error.broken != nil { return error.description }
    return "no kernel named '\(error.name)' (notebook \(NotebookInput.name(argument))). "
      + "\(error.suggestion)\(error.installedList) Use --kernel NAME."
  }

  private func run(
    _ document: NotebookDocument, _ choice: KernelChoice?, input: NotebookDocument?,
    lock: NotebookLock?
  ) async -> ExitCode {
    let kernelConfiguration = plan.kernelConfiguration(for: argument)
    var document = document
    if plan.hidesCode {
      for cell in document.cells where cell.kind == .code {
        document.setCellMetadata(["jupyter", "source_hidden"], to: true, at: cell.index)
      }
    }
    if plan.kernelName != nil, let spec = choice?.spec {
      document.setMetadata(
        ["kernelspec"],
        to: [
          "display_name": .init(spec.displayName), "language": .init(spec.language),
          "name": .init(spec.name),
        ])
    }
    let model = argument == "-" ? nil : argument
    let state = Mutex(
      SaveState(destination.path(for: argument), input: input, lock: lock, like: model))
    if plan.preparesOnly {
      return state.withLock { $0.saveAtEnd(document, destination, reporter) }
    }
    let save: NotebookRunner.SaveHandler = { document, changed in
      state.withLock { $0.saveDuringRun(document, changed, reporter) }
    }
    let finish: (NotebookDocument, RunResult) -> Void = { document, result in
      let code = state.withLock { $0.saveAtEnd(document, destination, reporter) }
      reporter.finished(result, code)
    }
    do throws(any Error) {
      let result: RunResult
      if let spec = choice?.spec,
        let started = await ahead?.take(
          spec, workingDirectory: kernelConfiguration.workingDirectory)
      {
        report(started, spec)
        ahead?.onCutShutdown { [reporter] cut in
          reporter.report(
            RunEvent(
              .warning(RunWarning(of: cut)), of: reporter.subject, time: wallClockNanoseconds()))
        }
        result = try await runNotebook(
          document, in: started.kernel, configuration: runConfiguration, control: control,
          save: save, finish: finish, report: report)
      } else if let choice {
        if ahead != nil, let signal = control.stopSignal {
          return reporter.stopped(signal, document)
        }
        result = try await runNotebook(
          document, with: choice.spec, kernelConfiguration: kernelConfiguration,
          configuration: runConfiguration, control: control, save: save, finish: finish,
          report: report)
      } else {
        result = try await runInExisting(document, kernelConfiguration, save, finish)
      }
      let saved = state.withLock { $0.code }
      return saved == .success ? ExitCode(result.outcome) : saved
    } catch let error as KernelError {
      if let signal = control.stopSignal { return reporter.stopped(signal, document) }
      return reporter.fail("\(error)", .kernelNotStarted, document)
    } catch let code as ExitRequest {
      return code.code
    } catch {
      return reporter.fail("\(error)", .kernelNotStarted, document)
    }
  }

  /// The configuration of the run: the common settings, and those that depend on its destination.
  private var runConfiguration: RunConfiguration {
    var configuration = plan.runConfiguration
    configuration.subject = reporter.subject
    let path = destination.path(for: argument)
    configuration.outputLimit?.stem =
      destination.isStandardOutput
      ? "notebook" : path.map { $0.hasSuffix(".ipynb") ? String($0.dropLast(6)) : $0 }
    if argument != "-" { configuration.outputLimit?.model = argument }
    if plan.writesPapermillMetadata {
      let output = destination.isStandardOutput ? "-" : path
      configuration.papermill = PapermillMetadata(
        inputPath: argument, outputPath: output, parameters: plan.parameters.values,
        version: "lyre \(LyreVersion.text)")
    }
    return configuration
  }

  private func runInExisting(
    _ document: NotebookDocument, _ configuration: KernelConfiguration,
    _ save: @escaping NotebookRunner.SaveHandler,
    _ finish: (NotebookDocument, RunResult) -> Void
  ) async throws -> RunResult {
    let info: ConnectionInfo
    do {
      info = try ConnectionInfo(try NotebookFile(plan.existing ?? "").read())
    } catch {
      _ = reporter.fail("--existing \(plan.existing ?? ""): \(error)", .unusableInput)
      throw ExitRequest(code: .unusableInput)
    }
    return try await withExistingKernel(info, configuration: configuration) { kernel in
      var runner = NotebookRunner(
        document, configuration: runConfiguration, control: control, save: save,
        report: report)
      let result = await runner.run(in: kernel)
      finish(runner.document, result)
      return result
    }
  }

  private func report(_ event: RunEvent) {
    if case .runStarted = event.kind { begun.open() }
    reporter.report(event)
  }

  /// Reports a kernel's start that happened while another notebook was running.
  private func report(_ started: KernelAhead.Started, _ spec: KernelSpec) {
    report(
      RunEvent(.kernelStarting(name: spec.name), of: reporter.subject, time: started.begin))
    let description = KernelDescription(started.kernel, startDuration: started.duration)
    report(RunEvent(.kernelReady(description), of: reporter.subject, time: started.end))
  }
}

/// The state of saving a notebook.
private struct SaveState {
  private var saver: NotebookSaver?
  private(set) var code = ExitCode.success
  private var hasWarned = false

  init(_ path: String?, input: NotebookDocument?, lock: NotebookLock?, like model: String?) {
    saver = path.map { NotebookSaver($0, input: input, lock: lock, like: model) }
  }

  mutating func saveDuringRun(
    _ document: NotebookDocument, _ changed: Set<Int>, _ reporter: RunReporter
  ) {
    do {
      try saver?.save(document, changed: changed)
    } catch {
      if !hasWarned { reporter.warn("\(error); Lyre tries again at the end") }
      hasWarned = true
    }
  }

  mutating func saveAtEnd(
    _ document: NotebookDocument, _ destination: RunPlan.Destination, _ reporter: RunReporter
  ) -> ExitCode {
    do throws(NotebookError) {
      if case .stream(_, let stream) = destination { try stream?.write(document.pieces()) }
    } catch {
      reporter.warn(error.message)
      code = .notWritten
      return code
    }
    if case .standardOutput = destination { Printer.shared.result(document.serialized()) }
    guard let ending = saver?.finish(document) else { return .success }
    if let message = ending.message { reporter.warn(message) }
    if !ending.isInFile { code = .notWritten }
    return code
  }
}

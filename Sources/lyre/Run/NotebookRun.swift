import Glibc
import JSONCore
import JupyterProtocol
import KernelClient
import KernelLauncher
import NotebookDocument
import NotebookExecution
import RunEvents
import SystemSupport

/// The run of one notebook, from its file to its result.
struct NotebookRun {
  var plan: RunPlan
  let argument: String
  let destination: RunPlan.Destination
  let control: RunControl
  let reporter: any NotebookReporter
  /// The kernel started for it ahead of time; nil if it starts its own.
  let ahead: KernelAhead?
  /// Opens when its cells begin to run.
  let begun: Latch

  /// Runs the notebook and reports the result.
  func run() async -> ExitCode {
    let job = NotebookJob(
      argument == "-" ? nil : argument, result: destination.path(for: argument),
      warn: { [reporter] in reporter.warn($0) })
    var opened: NotebookJob.Opened
    do throws(NotebookError) {
      opened = try job.open()
    } catch {
      let reason = InputHint.notebook(argument, error)
      return reporter.fail("\(reason)", .unusableInput, nil, isRecorded: false)
    }
    let inFile = opened.document
    var prepared = self
    if let code = reporter.prepare(&opened.document, &prepared.plan.runConfiguration) {
      return code
    }
    if job.isInPlace {
      do throws(OutputRefusal) {
        _ = try OutputPlace(argument)
      } catch {
        return reporter.fail("\(error); --output writes the result elsewhere", .unusableInput)
      }
    }
    let spec: KernelSpec?
    do throws(KernelNotFound) {
      let needsKernel = plan.existing == nil && (!plan.preparesOnly || plan.kernelName != nil)
      spec =
        needsKernel
        ? try job.kernel(
          for: opened.document, named: plan.kernelName, fallback: plan.kernelFallback) : nil
    } catch {
      return reporter.fail(noKernel(error), .kernelNotStarted, opened.document)
    }
    if let version = opened.document.upgradedFrom {
      if plan.keepsVersion {
        return reporter.fail(
          "nbformat \(version.major) is older than 4, and a run would make it nbformat 4.5; "
            + "leave out --keep-version to allow that", .unusableInput)
      }
      if !destination.isNowhere {
        reporter.warn("nbformat \(version.major) is old; the result is nbformat 4.5")
      }
    }
    if let reason = plan.nothingToRun(in: opened.document) {
      return reporter.fail(reason, .unusableInput, opened.document)
    }
    let reuse = NotebookReuse(plan, argument, destination, inFile, spec)
    var reason: String?
    if let reuse {
      let compared = await compare(reuse, opened.document)
      if let end = compared.end { return end }
      reason = compared.reason
    }
    job.repair(&opened.document, warns: !destination.isNowhere)
    plan.missing(in: opened.document).forEach { reporter.warn($0) }
    do {
      var run = try prepared.injectingParameters(into: &opened.document, for: spec)
      run.plan.runConfiguration.reason = reason
      let document = opened.document
      let saver = ResultSaver(job, opened)
      return await run.keeping(reuse) { await run.run(document, spec, saver) }
    } catch {
      return reporter.fail(error.message, .unusableInput)
    }
  }

  private func noKernel(_ error: KernelNotFound) -> String {
    if error.broken != nil { return error.description }
    return "no kernel named '\(error.name)' (notebook \(plan.name(of: argument))). "
      + "\(error.suggestion)\(error.installedList) Use --kernel NAME."
  }

  private func run(
    _ document: NotebookDocument, _ spec: KernelSpec?, _ saver: ResultSaver
  ) async -> Ended {
    let kernelConfiguration = plan.kernelConfiguration(for: argument)
    var document = document
    if plan.hidesCode {
      for cell in document.cells where cell.kind == .code {
        document.setCellMetadata(["jupyter", "source_hidden"], to: true, at: cell.index)
      }
    }
    if plan.kernelName != nil, let spec {
      document.setMetadata(
        ["kernelspec"],
        to: [
          "display_name": .init(spec.displayName), "language": .init(spec.language),
          "name": .init(spec.name),
        ])
    }
    if plan.preparesOnly {
      return (ExitCode.worst([save(document, nil, saver), reporter.writePage(document, nil)]), nil)
    }
    var code = ExitCode.success
    var ended: RunResult?
    let finish: (NotebookDocument, RunResult) -> Void = { document, result in
      let saved = reporter.result(of: document, result).map { self.save($0, result, saver) }
      let written = ExitCode.worst([saved ?? .success, reporter.writePage(document, result)])
      code = reporter.finished(result, written)
      ended = result
    }
    let save: NotebookRunner.SaveHandler = { saver.save($0, changed: $1) }
    do throws(any Error) {
      if let spec,
        let started = await ahead?.take(
          spec, workingDirectory: kernelConfiguration.workingDirectory)
      {
        report(started, spec)
        ahead?.onCutShutdown { [reporter] cut in
          reporter.report(RunEvent(.warning(RunWarning(of: cut)), of: reporter.subject))
        }
        _ = try await runNotebook(
          document, in: started.kernel, configuration: runConfiguration, control: control,
          save: save, finish: finish, report: report)
      } else if let spec {
        if ahead != nil, let signal = control.stopSignal {
          return (reporter.stopped(signal, document), nil)
        }
        _ = try await runNotebook(
          document, with: spec, kernelConfiguration: kernelConfiguration,
          configuration: runConfiguration, control: control, save: save, finish: finish,
          report: report)
      } else {
        try await runInExisting(document, kernelConfiguration, save, finish)
      }
      return (code, ended)
    } catch let error as KernelError {
      if let signal = control.stopSignal { return (reporter.stopped(signal, document), nil) }
      return (reporter.fail("\(error)", .kernelNotStarted, document), nil)
    } catch let code as ExitRequest {
      return (code.code, nil)
    } catch {
      return (reporter.fail("\(error)", .kernelNotStarted, document), nil)
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
      let output = destination.isStandardOutput ? "-" : path.map { plan.remote.name(of: $0) ?? $0 }
      configuration.papermill = PapermillMetadata(
        inputPath: plan.remote.name(of: argument) ?? argument, outputPath: output,
        parameters: plan.parameters.values,
        version: "lyre \(LyreVersion.text)")
    }
    return configuration
  }

  private func runInExisting(
    _ document: NotebookDocument, _ configuration: KernelConfiguration,
    _ save: @escaping NotebookRunner.SaveHandler,
    _ finish: (NotebookDocument, RunResult) -> Void
  ) async throws {
    let info: ConnectionInfo
    do {
      info = try ConnectionInfo(try NotebookFile(plan.existing ?? "").read())
    } catch {
      _ = reporter.fail("--existing \(plan.existing ?? ""): \(error)", .unusableInput)
      throw ExitRequest(code: .unusableInput)
    }
    try await withExistingKernel(info, configuration: configuration) { kernel in
      var runner = NotebookRunner(
        document, configuration: runConfiguration, control: control, save: save,
        report: report)
      let result = await runner.run(in: kernel)
      finish(runner.document, result)
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

  /// Writes the result to its destination at the end, and warns if that fails.
  private func save(
    _ document: NotebookDocument, _ result: RunResult?, _ saver: ResultSaver
  ) -> ExitCode {
    do throws(NotebookError) {
      if case .stream(_, let stream) = destination { try stream?.write(document.pieces()) }
    } catch {
      let place = NotebookSaver.keep(
        document, named: argument == "-" ? "notebook" : FilePath.parts(argument).name,
        like: argument == "-" ? nil : argument)
      let rest =
        place.map { "; the result is in '\($0)'" }
        ?? ", and the result cannot be written anywhere else; it is lost"
      reporter.warn(RunWarning("\(error.message)\(rest)", kind: .notWritten))
      return .notWritten
    }
    if case .standardOutput = destination { Printer.shared.result(document.serialized()) }
    guard let ending = saver.finish(document, result) else { return .success }
    if let message = ending.message {
      reporter.warn(RunWarning(message, kind: ending.isInFile ? nil : .notWritten))
    }
    return ending.isInFile ? .success : .notWritten
  }
}

import JSONCore
import JupyterProtocol
import KernelClient
import KernelLauncher
import NotebookDocument
import NotebookExecution
import NotebookParameters
import Pipelines
import RunEvents

/// Runs notebooks on this machine, each with a kernel of its own.
///
/// The executed notebook contains the parameters, and the run's record stores it. The user's file
/// gets the results in place but never the parameters, unless the executed notebook goes to another
/// file.
struct LocalNotebookRunner: NodeRunner {
  /// How long a kernel may take to start.
  let startupTimeout: Duration
  /// What to do if the kernel that a notebook names is not installed.
  let fallback: KernelFallback
  /// Whether cells that the run does not reach keep the results of an earlier run.
  let keepsOldOutputs: Bool
  let warmStarts: WarmStarts?
  /// Called with the notebook that runs, including its parameters, and its changed cells whenever it
  /// is saved.
  var onSave: (@Sendable (NotebookDocument, Set<Int>) -> Void)?

  func canRun(_ node: PipelineNode) -> Bool { node.isGeneric && node.kind == .notebook }

  func run(
    _ task: NodeTask, control: NodeControl, report: @escaping @Sendable (NodeReport) -> Void
  ) async -> NodeOutcome {
    await NotebookAttempt(runner: self, task: task, control: control, report: report).run()
  }
}

/// One run of a notebook.
private struct NotebookAttempt: Sendable {
  let runner: LocalNotebookRunner
  let task: NodeTask
  let control: NodeControl
  let report: @Sendable (NodeReport) -> Void

  private var path: String { task.path }
  private var destination: String? { task.destination }
  private var parameters: JSONObject { task.parameters }
  private var askedParameters: Set<String> { Set(task.node.pipelineParameters) }

  private func warn(_ message: String) { report(.warning(message)) }

  func run() async -> NodeOutcome {
    let job = NotebookJob(path, result: destination ?? path) { warn($0) }
    var opened: NotebookJob.Opened
    let spec: KernelSpec
    let source: SourceNotebook
    do {
      opened = try job.open()
      spec = try job.kernel(for: opened.document, fallback: runner.fallback)
      job.repair(&opened.document)
      let before = opened.document
      source = SourceNotebook(before, try inject(into: &opened.document, spec))
    } catch let error as KernelNotFound {
      return NodeOutcome(status: .kernelNotStarted, message: error.description)
    } catch let error as NotebookError {
      return NodeOutcome(status: .failed, message: error.message)
    } catch {
      return NodeOutcome(status: .failed, message: "\(error)")
    }
    let saver = ResultSaver(job, opened, source: destination == nil ? source : nil)
    return await run(opened.document, spec, saver)
  }

  private func inject(into document: inout NotebookDocument, _ spec: KernelSpec)
    throws(ParameterError) -> ParameterInjection?
  {
    let hasDeclarations = document.parametersCell != nil
    let isAsked = parameters.contains { askedParameters.contains($0.key.string) }
    guard !parameters.isEmpty, hasDeclarations || isAsked else {
      warnOfParameters(in: document)
      return nil
    }
    let translator = try Translator(kernel: spec.name, language: spec.language)
    let unknown = Set(document.unknownParameters(parameters, for: translator).map(\.name))
    var values = JSONObject()
    for member in parameters {
      let name = member.key.string
      if askedParameters.contains(name) || hasDeclarations && !unknown.contains(name) {
        values[name] = member.value
      }
    }
    if values.isEmpty { warnOfParameters(in: document) }
    return try document.inject(values, with: translator)
  }

  /// Warns of parameters that an earlier run left in the file: they run like any other code, and
  /// are easily mistaken for the notebook's own.
  private func warnOfParameters(in document: NotebookDocument) {
    guard let cell = document.cells.first(where: { $0.tags.contains(ParameterTag.injected) }) else {
      return
    }
    warn(
      "cell \(cell.index + 1) contains parameters that an earlier run injected; this run uses them. "
        + "Remove the cell to use the notebook's own")
  }

  private func run(
    _ document: NotebookDocument, _ spec: KernelSpec, _ saver: ResultSaver
  ) async -> NodeOutcome {
    let runControl = RunControl()
    control.attach(runControl)
    var kernelConfiguration = KernelConfiguration(
      workingDirectory: task.workingDirectory, environment: task.variables,
      startupTimeout: runner.startupTimeout)
    kernelConfiguration.warmStarts = runner.warmStarts
    kernelConfiguration.onProcessOutput = { [log = task.log] in log.write($0.bytes) }
    var configuration = RunConfiguration()
    configuration.subject = task.subject
    configuration.subject.notebook = task.node.file
    configuration.totalTimeout = task.limit
    configuration.keepsOldOutputs = runner.keepsOldOutputs
    var failure: String?
    var executed: NotebookDocument?
    do {
      let result = try await runNotebook(
        document, with: spec, kernelConfiguration: kernelConfiguration,
        configuration: configuration, control: runControl,
        save: {
          saver.save($0, changed: $1)
          runner.onSave?($0, $1)
        },
        finish: { document, result in
          executed = document
          guard let ending = saver.finish(document, result) else { return }
          if ending.isInFile, let message = ending.message { warn(message) }
          if !ending.isInFile { failure = ending.message ?? "the result could not be written" }
        },
        report: { event in
          write(event)
          report(.notebook(event))
        })
      if let failure {
        return NodeOutcome(
          status: .notWritten, message: failure, cells: result.cells, executed: executed)
      }
      var outcome = NotebookAttempt.outcome(result)
      outcome.executed = executed
      return outcome
    } catch {
      if control.stopSignal != nil { return NodeOutcome(status: .interrupted) }
      return NodeOutcome(status: .kernelNotStarted, message: "\(error)")
    }
  }

  /// Writes the output of cells and errors to the node's log.
  private func write(_ event: RunEvent) {
    switch event.kind {
    case .text(_, _, let text): task.log.write(Array(text.utf8))
    case .cellFinished(let cell):
      guard let error = cell.error else { break }
      let text = ([cell.name + ": \(error.name): \(error.value)"] + error.traceback)
        .joined(separator: "\n")
      task.log.write(Array((text + "\n").utf8))
    default: break
    }
  }

  private static func outcome(_ result: RunResult) -> NodeOutcome {
    var outcome = NodeOutcome(status: .succeeded, cells: result.cells)
    func name(_ place: Int) -> String {
      result.cells.indices.contains(place) ? result.cells[place].name : "the start"
    }
    switch result.outcome {
    case .completed, .cached: break
    case .failed(let place):
      outcome.status = .failed
      let error = result.cells[place].error?.summary ?? "an error"
      outcome.message = "\(name(place)) failed: \(error)"
    case .timedOut(let place):
      outcome.status = .timedOut
      outcome.message = "\(name(place)) took longer than its limit"
    case .totalTimeExceeded(let place):
      outcome.status = .timedOut
      outcome.message = "took longer than its limit, in \(name(place))"
    case .kernelDied(let status, let place):
      outcome.status = .kernelDied
      outcome.message = "the kernel \(status) in \(name(place))"
      outcome.standardErrorTail = result.standardErrorTail
    case .stopped: outcome.status = .interrupted
    }
    return outcome
  }
}

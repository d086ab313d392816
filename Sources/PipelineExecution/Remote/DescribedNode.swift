import JSONCore
import NotebookExecution
package import Pipelines
package import RunEvents
import SystemSupport

/// Runs the node of a description with the runners of this machine, as `lyre pipeline run` does.
package struct DescribedNode: Sendable {
  private let description: NodeDescription
  private let work: String
  private let results: ResultsFolder
  private let environment: [String: String]
  private let control: PipelineControl

  /// Creates a run of the node.
  ///
  /// - Parameters:
  ///   - description: the node.
  ///   - work: the absolute path of the folder with its files.
  ///   - results: where its events, log and executed notebook go.
  ///   - environment: the variables that this program was started with.
  ///   - control: stops it.
  package init(
    _ description: NodeDescription, work: String, results: ResultsFolder,
    environment: [String: String], control: PipelineControl
  ) {
    self.description = description
    self.work = work
    self.results = results
    self.environment = environment
    self.control = control
  }

  /// The folder of the node's file.
  private var directory: String { PipelinePath.folder(path) }
  private var path: String { PipelinePath.joined(work, description.node.file) }

  /// Why no program on this machine can run a Python or R script; nil if one can, and for other files.
  package func missingProgram() -> String? {
    let kind = description.pipelineNode.kind
    guard kind == .pythonScript || kind == .rScript else { return nil }
    do throws(ScriptCommand.Problem) {
      _ = try ScriptCommand.make(
        kind, path, environment: environment.merging(description.node.environment) { $1 },
        python: description.node.python)
      return nil
    } catch {
      return error.message
    }
  }

  /// Runs the node; everything that it leaves is written except its ending.
  ///
  /// - Returns: how it ended.
  package func run() async -> NodeResult {
    let control = NodeControl()
    self.control.attach(control, at: description.subject.place)
    defer { self.control.detach(description.subject.place) }
    let log = results.openLog()
    defer { log.close() }
    let started = (clock: ContinuousClock.now, time: wallClockNanoseconds())
    var outcome =
      control.stopSignal == nil
      ? await runner.run(task(log), control: control, report: report)
      : NodeOutcome(status: .interrupted)
    outcome.duration = ContinuousClock.now - started.clock
    outcome.started = started.time
    if let document = outcome.executed, let failure = results.finish(document) {
      if outcome.status == .succeeded {
        (outcome.status, outcome.message) = (.notWritten, failure)
      } else {
        results.warn(failure)
      }
    }
    if let failure = log.failure { results.warn(failure) }
    outcome.checkOutputs(description.outputs?.patterns ?? [], in: directory)
    if control.stopSignal != nil, outcome.status.isFailure { outcome.status = .interrupted }
    return result(of: outcome)
  }

  private var runner: any NodeRunner {
    let node = description.node
    guard node.kind == .notebook else { return LocalScriptRunner(python: node.python) }
    let standard = PipelineConfiguration(environment: [:])
    return LocalNotebookRunner(
      startupTimeout: node.kernelStart.map { .seconds($0) } ?? standard.startupTimeout,
      fallback: node.kernelFallback.flatMap(KernelFallback.init) ?? standard.kernelFallback,
      keepsOldOutputs: node.keepsOldOutputs, warmStarts: nil,
      onSave: { [results] in results.save($0, changed: $1) })
  }

  private func task(_ log: NodeLog) -> NodeTask {
    let node = description.node
    return NodeTask(
      node: description.pipelineNode, path: path, workingDirectory: directory, base: environment,
      variables: node.environment, parameters: node.parameters,
      limit: node.limit.map { .seconds($0) }, destination: node.destination, log: log,
      subject: results.subject)
  }

  private var report: @Sendable (NodeReport) -> Void {
    { [results] report in
      switch report {
      case .lines(let isError, let text):
        results.tell(.lines(isStandardError: isError, text: text))
      case .notebook(let event): results.write(event)
      case .warning(let message): results.warn(message)
      }
    }
  }

  private func result(of outcome: NodeOutcome) -> NodeResult {
    var result = description.result(outcome.status, outcome.message)
    result.cells = outcome.cells
    result.standardErrorTail = outcome.standardErrorTail
    result.started = outcome.started
    result.duration = outcome.duration
    return result
  }
}

extension NodeDescription {
  /// The result of the node without details.
  package func result(_ status: NodeStatus, _ message: String?) -> NodeResult {
    var result = NodeResult(
      place: subject.place, id: subject.node, label: subject.name, file: node.file)
    result.status = status
    result.message = message
    result.attempts = subject.attempt
    return result
  }
}

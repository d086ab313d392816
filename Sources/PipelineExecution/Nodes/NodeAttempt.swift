import JSONCore
import KernelLauncher
import Pipelines
import RunEvents

/// One attempt to run a node: the work that is the same for every runner.
struct NodeAttempt: Sendable {
  let node: PipelineNode
  /// The folder that the pipeline's paths are relative to.
  let folder: String
  let configuration: PipelineConfiguration
  let scope: ParameterScope
  /// The value of `ELYRA_RUN_NAME`.
  let runName: String
  /// The output path of the executed notebook; nil for results in place.
  let destination: String?
  /// The subject of the attempt's events.
  var subject = RunSubject()
  /// The runners; the first that supports the node runs it.
  let runners: [any NodeRunner]

  /// Runs the node.
  func run(
    _ log: NodeLog, control: NodeControl, report: @escaping @Sendable (NodeReport) -> Void
  ) async -> NodeOutcome {
    defer { log.close() }
    guard let file = node.file, let runner = runners.first(where: { $0.canRun(node) }) else {
      return NodeOutcome(
        status: .failed, message: "only notebooks and scripts run on this machine")
    }
    let path = PipelinePath.joined(folder, file)
    let task = task(path, log)
    let missing = NodeFiles.missing(
      node.dependencies, in: task.workingDirectory, includesSubfolders: node.includesSubdirectories)
    if let missing { return NodeOutcome(status: .failed, message: missing) }
    var outcome = await runner.run(task, control: control, report: report)
    if let failure = log.failure { report(.warning(failure)) }
    outcome.checkOutputs(node.outputs, in: task.workingDirectory)
    return outcome
  }

  /// The attempt with all its settings.
  ///
  /// - Parameters:
  ///   - path: the absolute path of the node's file.
  ///   - log: what gets its output.
  func task(_ path: String, _ log: NodeLog) -> NodeTask {
    var variables = scope.variables(of: node)
    variables["ELYRA_RUNTIME_ENV"] = "local"
    variables["ELYRA_RUN_NAME"] = runName
    return NodeTask(
      node: node, path: path, workingDirectory: PipelinePath.folder(path),
      base: configuration.environment, variables: variables, parameters: scope.values(for: node),
      limit: node.lyre.timeout.map { Duration.seconds($0) } ?? configuration.timeout,
      destination: destination, log: log, subject: subject)
  }
}

extension NodeOutcome {
  /// Makes a success a failure if a declared output does not exist.
  ///
  /// - Parameters:
  ///   - outputs: paths and patterns.
  ///   - directory: the folder of the node's file.
  mutating func checkOutputs(_ outputs: [String], in directory: String) {
    guard status == .succeeded else { return }
    let missing = outputs.filter { NodeFiles.matches($0, in: directory).isEmpty }
    guard !missing.isEmpty else { return }
    status = .failed
    message =
      "succeeded, but did not create the declared output: " + missing.joined(separator: ", ")
  }
}

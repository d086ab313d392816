import JSONCore
import Pipelines

/// What a task runs, with its inputs and outputs.
struct KubeflowWork {
  var image: String
  var command: [String]
  var arguments: [String]
  var environment: [EnvironmentVariable] = []
  /// The definitions of inputs: `parameters` and `artifacts`.
  var inputs = JSONObject()
  /// The definitions of outputs.
  var outputs = JSONObject()
  /// The values of the inputs.
  var taskInputs = JSONObject()

  init(image: String, command: [String], arguments: [String]) {
    self.image = image
    self.command = command
    self.arguments = arguments
  }

  /// The text that the engine replaces with the id of the run, as the whole value of an input only.
  private static let runID = "{{$.pipeline_job_uuid}}"

  /// The work of a node that runs a notebook or script.
  init(_ work: ExportNode.FileWork, of node: ExportNode, plan: ExportPlan) throws(ExportProblem) {
    // A parameter of the pipeline may have this name.
    var run = "lyre_run"
    while work.parameters.contains(where: { $0.name == run }) { run += "_" }
    let description = work.description.argument
    guard description.utf8.count < NodeDescription.longestArgument else {
      throw ExportProblem(
        "the description of node '\(node.label)' is longer than an argument of a program may be "
          + "(\(NodeDescription.longestArgument) bytes); name fewer output files, by patterns")
    }
    var parameters = JSONObject([
      .init(key: .init(run), value: KubeflowParameter(type: "STRING").definition)
    ])
    var values = JSONObject([
      .init(key: .init(run), value: ["runtimeValue": ["constant": .init(KubeflowWork.runID)]])
    ])
    let access = plan.accessParameters.map { names in
      for name in [names.grant, names.program].compactMap(\.self) {
        parameters[name] = KubeflowParameter(type: "STRING").definition
        values[name] = ["componentInputParameter": .init(name)]
      }
      return NodeLoader.Access(
        grant: KubeflowPlaceholder.value(names.grant),
        program: names.program.map(KubeflowPlaceholder.value),
        executorInput: KubeflowPlaceholder.executorInput)
    }
    var arguments =
      access == nil ? ["--executor-input", KubeflowPlaceholder.executorInput] : []
    for parameter in work.parameters {
      let definition = KubeflowParameter(parameter)
      parameters[parameter.name] = definition.definition
      values[parameter.name] = ["componentInputParameter": .init(parameter.name)]
      let given = [
        "--parameter", "\(parameter.name)=\(KubeflowPlaceholder.value(parameter.name))",
      ]
      let isAlwaysGiven = definition.standard != nil || !definition.isOptional
      arguments +=
        isAlwaysGiven
        ? given : [KubeflowPlaceholder.arguments(given, ifPresent: parameter.name)]
    }
    self.init(
      image: work.image, command: ["sh", "-c"],
      arguments: NodeLoader(plan.settings).arguments(
        description: description, run: KubeflowPlaceholder.value(run), parameters: arguments,
        access: access))
    inputs = ["parameters": .object(parameters)]
    taskInputs = ["parameters": .object(values)]
    var artifacts = JSONObject()
    for artifact in NodeArtifact.made(by: work.description.node.kind) {
      artifacts[artifact.rawValue] = [
        "artifactType": ["schemaTitle": .init(artifact.schema), "schemaVersion": "0.0.1"]
      ]
    }
    outputs = ["artifacts": .object(artifacts)]
    environment = [EnvironmentVariable(name: "ELYRA_RUNTIME_ENV", value: "kfp")]
      .filter { own in !node.pod.environment.contains { $0.name == own.name } }
  }
}

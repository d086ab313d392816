import JSONCore
import Pipelines

/// Connects the components of a pipeline: which of their outputs are values and which are files.
///
/// Kubeflow Pipelines passes values and files in different ways, and both ends of a connection must use
/// the same one. A definition often does not say which one it means, so the ends that read an output
/// decide.
struct ComponentWiring {
  private let plan: ExportPlan
  /// The definitions of the nodes that are components, by their places.
  private var definitions: [Int: ComponentDefinition] = [:]
  private var places: [String: Int] = [:]
  /// For each node the outputs that are files.
  private var files: [Int: Set<String>] = [:]

  init(_ plan: ExportPlan) throws(ExportProblem) {
    self.plan = plan
    for (place, node) in plan.nodes.enumerated() {
      places[node.id] = place
      guard case .component(let work) = node.work else { continue }
      let definition = try ComponentDefinition(work.definition, of: node.label)
      definitions[place] = definition
      files[place] = Set(definition.outputs.filter { $0.parameterType == nil }.map(\.name))
    }
    try decide()
  }

  /// An output that an input reads.
  private struct Source {
    var place: Int
    var output: ComponentDefinition.Port
  }

  private mutating func decide() throws(ExportProblem) {
    var asValue: [Int: Set<String>] = [:]
    var asFile: [Int: Set<String>] = [:]
    for (place, definition) in definitions {
      for input in definition.inputs {
        guard let source = try source(of: input, at: place) else { continue }
        if definition.pathInputs.contains(input.name) {
          asFile[source.place, default: []].insert(source.output.name)
        } else {
          asValue[source.place, default: []].insert(source.output.name)
        }
      }
    }
    for (place, names) in asValue {
      if let both = names.intersection(asFile[place] ?? []).min() {
        throw ExportProblem(
          "the output '\(both)' of node '\(plan.nodes[place].label)' is read as a value by one node "
            + "and as a file by another, which Kubeflow Pipelines cannot express; use one way")
      }
      files[place]?.subtract(names)
    }
    for (place, names) in asFile { files[place]?.formUnion(names) }
  }

  /// The value that a node has for an input; nil for none.
  private func given(_ input: ComponentDefinition.Port, at place: Int) -> PipelineComponent.Input? {
    guard case .component(let work) = plan.nodes[place].work else { return nil }
    let names = [input.property, input.key, "elyra_\(input.property)"]
    return work.component.inputs.first { names.contains($0.name) }
  }

  private func source(of input: ComponentDefinition.Port, at place: Int) throws(ExportProblem)
    -> Source?
  {
    guard let given = given(input, at: place), let id = given.node, !id.isEmpty else { return nil }
    let label = plan.nodes[place].label
    guard let source = places[id], let definition = definitions[source] else {
      throw ExportProblem(
        "the input '\(input.name)' of node '\(label)' uses an output of a node that is no component; "
          + "only components have outputs for other nodes")
    }
    // As versions of Elyra have named outputs.
    var name = given.output ?? ""
    for prefix in ["elyra_", "output_"] where name.hasPrefix(prefix) {
      name.removeFirst(prefix.count)
    }
    guard
      let output = definition.outputs.first(where: { $0.property == name || $0.key == name })
    else {
      throw ExportProblem(
        "the input '\(input.name)' of node '\(label)' uses the output '\(name)' of "
          + "'\(plan.nodes[source].label)', which its component does not have")
    }
    return Source(place: source, output: output)
  }

  /// The work of the component at a place.
  func work(of place: Int) throws(ExportProblem) -> KubeflowWork {
    let node = plan.nodes[place]
    guard let definition = definitions[place] else {
      throw ExportProblem("node '\(node.label)' has no definition")
    }
    let own = files[place] ?? []
    let command = ComponentCommand(definition: definition, label: node.label, fileOutputs: own)
    var work = KubeflowWork(
      image: definition.image, command: try command.texts(definition.command),
      arguments: try command.texts(definition.arguments))
    for member in definition.environment {
      work.environment.append(
        .init(name: member.key.string, value: try command.text(member.value)))
    }
    var (inputs, values) = (TaskPorts(), TaskPorts())
    for input in definition.inputs {
      try add(input, of: definition, at: place, &inputs, &values)
    }
    var outputs = TaskPorts()
    for output in definition.outputs {
      if own.contains(output.name) {
        outputs.artifacts[output.key] = ["artifactType": output.artifactType]
      } else {
        let type = output.parameterType ?? "STRING"
        outputs.parameters[output.key] = ["parameterType": .init(type)]
      }
    }
    work.inputs = inputs.json
    work.taskInputs = values.json
    work.outputs = outputs.json
    return work
  }

  private func add(
    _ input: ComponentDefinition.Port, of definition: ComponentDefinition, at place: Int,
    _ inputs: inout TaskPorts, _ values: inout TaskPorts
  ) throws(ExportProblem) {
    let label = plan.nodes[place].label
    let isFile = definition.pathInputs.contains(input.name)
    if isFile, definition.valueInputs.contains(input.name) {
      throw ExportProblem(
        "the component of node '\(label)' reads its input '\(input.name)' as a file and as a value, "
          + "which Kubeflow Pipelines cannot express")
    }
    let source = try source(of: input, at: place)
    var texts: [String: String] = [:]
    if case .component(let work) = plan.nodes[place].work { texts = work.texts }
    let value = ComponentValue(plan: plan, label: label, input: input, texts: texts)
    if isFile {
      var artifact: JSONObject = ["artifactType": input.artifactType]
      if input.isOptional { artifact["isOptional"] = true }
      if !input.description.isEmpty { artifact["description"] = .init(input.description) }
      inputs.artifacts[input.key] = .object(artifact)
      if let source {
        values.artifacts[input.key] = [
          "taskOutputArtifact": [
            "producerTask": .init(plan.nodes[source.place].task),
            "outputArtifactKey": .init(source.output.key),
          ]
        ]
      } else {
        try value.checkFile(given(input, at: place))
      }
      return
    }
    var parameter = KubeflowParameter(type: input.parameterType ?? "STRING")
    if let standard = input.standard, !standard.isNull {
      parameter.standard = try value.converted(standard, to: parameter.type)
    }
    parameter.isOptional = input.isOptional || input.standard != nil
    parameter.description = input.description
    if let source {
      parameter.type = source.output.parameterType ?? "STRING"
      // A default of another type would not be valid.
      parameter.standard = nil
      values.parameters[input.key] = [
        "taskOutputParameter": [
          "producerTask": .init(plan.nodes[source.place].task),
          "outputParameterKey": .init(source.output.key),
        ]
      ]
    } else if let given = try value.value(given(input, at: place), &parameter) {
      values.parameters[input.key] = given
    }
    inputs.parameters[input.key] = parameter.definition
  }
}

/// The inputs or outputs of a task: values and files.
struct TaskPorts {
  var parameters = JSONObject()
  var artifacts = JSONObject()

  var json: JSONObject {
    var json = JSONObject()
    if !parameters.isEmpty { json["parameters"] = .object(parameters) }
    if !artifacts.isEmpty { json["artifacts"] = .object(artifacts) }
    return json
  }
}

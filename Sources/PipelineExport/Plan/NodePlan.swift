import JSONCore
import Pipelines

/// Plans the work of each node.
struct NodePlan {
  let engine: ExportEngine
  let places: ExportPlaces
  let graph: PipelineGraph
  let parameters: [PipelineParameter]

  /// What the node at a place runs.
  func work(of place: Int, _ files: some ExportFiles) throws(ExportProblem) -> ExportNode.Work {
    let node = graph.nodes[place]
    if let component = node.component {
      var texts: [String: String] = [:]
      for input in component.inputs where input.widget == "file" {
        guard let path = input.value.string, !path.isEmpty else { continue }
        texts[input.name] = try files.text(path)
      }
      return .component(
        ExportNode.ComponentWork(
          component: component,
          // Operators of Airflow have no such definition.
          definition: engine == .airflow ? "" : try files.definition(of: node), texts: texts))
    }
    guard let image = node.runtimeImage else {
      throw ExportProblem(
        "node '\(node.label)' has no runtime image; select one in its properties, or in the "
          + "pipeline's defaults")
    }
    let ancestors = graph.ancestors(of: [place]).map { graph.nodes[$0] }
    let archive = NodeArchive(try files.archive(of: node, made: ancestors.flatMap(\.outputs)))
    return .file(
      ExportNode.FileWork(
        image: image,
        description: description(place, ancestors: ancestors, archive: archive, files),
        archive: archive, parameters: parameters(of: node)))
  }

  private func parameters(of node: PipelineNode) -> [PipelineParameter] {
    let asked = Set(node.pipelineParameters)
    return parameters.filter { asked.contains($0.name) }
  }

  private func description(
    _ place: Int, ancestors: [PipelineNode], archive: NodeArchive, _ files: some ExportFiles
  ) -> NodeDescription {
    let node = graph.nodes[place]
    let settings = places.settings
    let run = places.run
    let subject = NodeDescription.Subject(
      run: .name(ExportPlaces.run), pipeline: "\(places.name).pipeline", node: node.id,
      name: node.label,
      place: place)
    var description = ElyraLayout(run).description(
      subject, node, ancestors: ancestors, results: places.results(of: node))
    description.files = [
      .archive(
        .object(bucket: settings.bucket, key: places.archiveKey(archive)),
        sha256: nil)
    ]
    if settings.credentials == .grant {
      description.inputs?.archives = ancestors.filter { !$0.outputs.isEmpty }.map(places.outputs)
      if !node.outputs.isEmpty, graph.parents.contains(where: { $0.contains(place) }) {
        description.outputs?.archives = [places.outputs(of: node)]
      }
    }
    description.node.file = files.fileInArchive(of: node)
    if node.kind == .notebook {
      (description.node.kernel, description.node.language) = files.kernel(of: node)
    }
    description.node.pipelineParameters = node.pipelineParameters
    for parameter in parameters(of: node) {
      description.node.parameters[parameter.name] = ParameterValue.example(of: parameter)
    }
    description.node.limit = node.lyre.timeout
    var variables = ["ELYRA_RUNTIME_ENV": engine.rawValue]
    let secrets = Set(node.kubernetes.secrets.compactMap { $0["env_var"]?.string })
    for variable in node.environment where !secrets.contains(variable.name) {
      // What Argo or Kubernetes would change in the pod's environment reaches the node unchanged.
      if ["{{", "$(", "$$"].contains(where: variable.value.contains) {
        variables[variable.name] = variable.value
      }
    }
    description.node.environment = variables
    var storage = JSONObject()
    if let endpoint = settings.endpoint { storage["endpoint"] = .init(endpoint) }
    if let region = settings.region { storage["region"] = .init(region) }
    if !storage.isEmpty { description.storage = storage }
    return description
  }

  /// Whether results of earlier runs may be used.
  func usesCache(_ node: PipelineNode) -> Bool? {
    // The pipeline's default is for components only, as in Elyra.
    if node.isGeneric, node.properties["disable_node_caching"] == nil { return nil }
    return node.disablesCaching.map { !$0 }
  }
}

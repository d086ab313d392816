import JSONCore
import PipelineExecution
import Pipelines

/// The content and requirements of a pipeline, as Elyra's `describe` reports them, and its nodes.
struct PipelineSummary {
  let pipeline: Pipeline
  let input: PipelineInput

  private var scripts: Set<String> = []
  private var notebooks: Set<String> = []
  private var files: Set<String> = []
  private var components: [JSONValue] = []
  private var images: Set<String> = []
  private var volumes: Set<String> = []
  private var secrets: Set<String> = []
  private var genericCount = 0
  private var customCount = 0

  init(_ pipeline: Pipeline, _ input: PipelineInput) {
    self.pipeline = pipeline
    self.input = input
    for node in pipeline.executableNodes { read(node) }
  }

  private mutating func read(_ node: PipelineNode) {
    volumes.formUnion(node.kubernetes.volumes.compactMap { $0["pvc_name"]?.string })
    guard node.isGeneric else {
      customCount += 1
      let source = node.appData["component_source"]
      let value = source?.string.flatMap { try? JSONValue(parsing: Array($0.utf8)) } ?? source
      if let value, !components.contains(value) { components.append(value) }
      for member in node.properties where member.value["widget"] == "file" {
        if let file = member.value["value"]?.string, !file.isEmpty { files.insert(file) }
      }
      return
    }
    genericCount += 1
    if let file = node.file {
      let path = input.folder.absolute(file)
      if PipelinePath.suffix(file) == "ipynb" {
        notebooks.insert(path)
      } else {
        scripts.insert(path)
      }
    }
    files.formUnion(node.dependencies)
    if let image = node.runtimeImage { images.insert(image) }
    secrets.formUnion(node.kubernetes.secrets.compactMap { $0["name"]?.string })
  }

  /// JSON with the names of `elyra-pipeline describe --json` and some of our own.
  ///
  /// Values of variables are left out, because they may be secrets.
  var json: JSONObject {
    func list(_ texts: Set<String>) -> JSONValue { .array(texts.sorted().map { .init($0) }) }
    let nodes = pipeline.executableNodes
    return [
      "name": .init(input.name),
      "description": pipeline.description.map { .init($0) } ?? .null,
      "pipeline_type": pipeline.runtimeType.map { .init($0) } ?? .null,
      "pipeline_format_version": .init(pipeline.formatVersion),
      "pipeline_runtime": .init(pipeline.runtimeName),
      "generic_node_count": .init(genericCount), "custom_node_count": .init(customCount),
      "dependencies": [
        "scripts": list(scripts), "notebooks": list(notebooks), "files": list(files),
        "custom_components": .array(components), "container_images": list(images),
        "volumes": list(volumes), "kubernetes_secrets": list(secrets),
      ],
      "nodes": .array(nodes.map { .object(json(of: $0)) }),
      "links": .array(
        nodes.flatMap { node in
          node.parents.map { ["source": .init($0), "target": .init(node.id)] }
        }),
      "parameters": .array(
        pipeline.parameters.map { parameter in
          [
            "name": .init(parameter.name), "type": .init(parameter.type),
            "description": parameter.description.map { .init($0) } ?? .null,
            "default": parameter.defaultValue ?? .null, "required": .init(parameter.isRequired),
          ]
        }),
      "comments": .array(
        pipeline.flows.flatMap(\.comments).map { comment in
          ["text": .init(comment.text), "nodes": .array(comment.nodes.map { .init($0) })]
        }),
    ]
  }

  private func json(of node: PipelineNode) -> JSONObject {
    func list(_ texts: [String]) -> JSONValue { .array(texts.map { .init($0) }) }
    return [
      "id": .init(node.id), "label": .init(node.label), "kind": .init(node.kind.name),
      "operation": .init(node.operation), "file": node.file.map { .init($0) } ?? .null,
      "parents": list(node.parents), "dependencies": list(node.dependencies),
      "outputs": list(node.outputs), "environment": list(node.environment.map(\.name)),
      "runtime_image": node.runtimeImage.map { .init($0) } ?? .null,
      "timeout": node.lyre.timeout.map { .init($0) } ?? .null,
      "retries": .init(node.lyre.retries),
    ]
  }

  /// The text for the terminal: the summary, the graph, and the requirements.
  func lines(_ drawing: PipelineDrawing, width: Int) -> [VisibleText] {
    var lines = [
      "Pipeline name: \(input.name)",
      "Description: \(pipeline.description ?? "None specified")",
      "Pipeline type: \(pipeline.runtimeType ?? "None specified")",
      "Pipeline format version: \(pipeline.formatVersionText)",
      "Pipeline runtime: \(pipeline.runtimeName)",
      "Number of generic nodes: \(genericCount)",
      "Number of custom nodes: \(customCount)",
    ]
    func add(_ title: String, _ items: [String]) {
      guard !items.isEmpty else { return lines.append("\(title): None specified") }
      lines.append("\(title):")
      lines += items.map { "    - \($0)" }
    }
    add("Script dependencies", scripts.sorted())
    add("Notebook dependencies", notebooks.sorted())
    add("Local file dependencies", files.sorted())
    add("Component dependencies", components.map(\.description))
    add("Volume dependencies", volumes.sorted())
    add("Container image dependencies", images.sorted())
    add("Kubernetes secret dependencies", secrets.sorted())
    if !pipeline.parameters.isEmpty {
      add(
        "Parameters",
        pipeline.parameters.map { parameter in
          let value = parameter.defaultValue.map { " = \($0)" } ?? ""
          return "\(parameter.name): \(parameter.type)\(value)"
        })
    }
    if !drawing.nodes.isEmpty { lines += [""] + drawing.text(width: width) }
    return lines.map { VisibleText($0) }
  }
}

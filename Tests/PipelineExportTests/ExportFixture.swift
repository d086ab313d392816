import JSONCore
import PipelineExport
import Pipelines

/// Pipelines for tests of the export.
enum ExportFixture {
  /// Settings with everything.
  static var settings: ExportSettings {
    var settings = ExportSettings(bucket: "bucket", version: "1.0.0")
    settings.endpoint = "http://minio:9000"
    settings.region = "eu-west-1"
    settings.credentials = .secret("s3")
    return settings
  }

  /// A node for a file.
  static func node(
    _ id: String, file: String? = nil, parents: [String] = [], _ properties: JSONObject = [:],
    lyre: JSONObject = [:], label: String? = nil
  ) -> JSONValue {
    let file = file ?? "\(id).py"
    var parameters: JSONObject = ["filename": .init(file), "runtime_image": "owner/image:1"]
    for member in properties { parameters[member.key.string] = member.value }
    return node(
      id, operation: PipelineOperation.forFile(file), parents: parents, parameters, lyre: lyre,
      label: label)
  }

  /// A node for a component.
  static func component(
    _ id: String, _ definition: String, parents: [String] = [], _ properties: JSONObject = [:]
  ) -> JSONValue {
    node(
      id, operation: "local-file-catalog:0123456789ab", parents: parents, properties,
      source: #"{"catalog_type":"local-file-catalog","component_ref":{"path":"\#(definition)"}}"#)
  }

  private static func node(
    _ id: String, operation: String, parents: [String], _ parameters: JSONObject,
    lyre: JSONObject = [:], label: String? = nil, source: String? = nil
  ) -> JSONValue {
    var data: JSONObject = [
      "component_parameters": .object(parameters), "label": .init(label ?? id),
      "ui_data": ["label": .init(label ?? id)],
    ]
    if !lyre.isEmpty { data["lyre"] = .object(lyre) }
    if let source { data["component_source"] = .init(source) }
    return [
      "id": .init(id), "type": "execution_node", "op": .init(operation), "app_data": .object(data),
      "inputs": [
        [
          "id": "inPort",
          "links": .array(
            parents.map {
              ["id": .init("\($0)-\(id)"), "node_id_ref": .init($0), "port_id_ref": "outPort"]
            }),
        ]
      ],
      "outputs": [["id": "outPort"]],
    ]
  }

  /// A pipeline.
  static func pipeline(
    _ nodes: [JSONValue], properties: JSONObject = [:], comments: [JSONValue] = []
  ) throws -> Pipeline {
    var all: JSONObject = ["name": "test"]
    for member in properties { all[member.key.string] = member.value }
    let file: JSONValue = [
      "doc_type": "pipeline", "version": "3.0", "id": "x", "primary_pipeline": "primary",
      "pipelines": [
        [
          "id": "primary", "nodes": .array(nodes), "runtime_ref": "",
          "app_data": [
            "version": 8, "properties": .object(all), "ui_data": ["comments": .array(comments)],
          ],
        ]
      ], "schemas": [],
    ]
    return try PipelineDocument(file.serialized()).pipeline
  }

  /// A pipeline compiled for Kubeflow Pipelines.
  static func compiled(
    _ pipeline: Pipeline, name: String = "test", settings: ExportSettings = settings,
    files: FakeExportFiles = .init()
  ) throws -> KubeflowPipeline {
    try KubeflowPipeline(
      ExportPlan(pipeline, for: .kubeflow, name: name, settings: settings, files: files))
  }
}

/// Files that exist.
struct FakeExportFiles: ExportFiles {
  /// The definitions of components, by the names in their references.
  var definitions: [String: String] = [:]
  var texts: [String: String] = [:]

  func archive(of node: PipelineNode, made: [String]) throws(ExportProblem)
    -> [NodeArchive.Member]
  {
    [.init(path: PipelinePath.name(node.file ?? ""), sha256: String(repeating: "a", count: 64))]
  }

  func kernel(of node: PipelineNode) -> (name: String?, language: String?) { ("python3", "python") }

  func text(_ path: String) throws(ExportProblem) -> String {
    guard let text = texts[path] else { throw ExportProblem("there is no \(path)") }
    return text
  }

  func definition(of node: PipelineNode) throws(ExportProblem) -> String {
    let name = node.component?.reference["path"]?.string ?? ""
    guard let definition = definitions[name] else { throw ExportProblem("there is no \(name)") }
    return definition
  }
}

extension KubeflowPipeline {
  /// A task.
  func task(_ name: String) -> JSONValue? { spec["root"]?["dag"]?["tasks"]?[name] }
  /// The component of a task.
  func component(_ name: String) -> JSONValue? { spec["components"]?["comp-\(name)"] }
  /// The container of a task.
  func container(_ name: String) -> JSONValue? {
    spec["deploymentSpec"]?["executors"]?["exec-\(name)"]?["container"]
  }
  /// What is special to Kubernetes for a task.
  func pod(_ name: String) -> JSONValue? {
    platform?["platforms"]?["kubernetes"]?["deploymentSpec"]?["executors"]?["exec-\(name)"]
  }
  /// The description for `lyre node`, as it arrives there.
  func description(_ name: String) throws -> NodeDescription? {
    let arguments = container(name)?["args"]?.array ?? []
    guard let place = arguments.firstIndex(of: "--json"), place + 1 < arguments.count,
      let text = arguments[place + 1].string
    else { return nil }
    return try NodeDescription(json: JSONValue(parsing: Array(text.utf8)))
  }
}

import JSONCore
import KernelTesting

/// A node of a test's pipeline.
struct PipelineFileNode {
  var file: String
  var parents: [String] = []
  var dependencies: [String] = []
  var outputs: [String] = []
  var environment: [String: String] = [:]
  /// Variables from a Kubernetes secret.
  var secrets: [String] = []
  /// Lyre's own properties.
  var properties: JSONObject = [:]
  var image = "any/image:1"
  /// Further properties of its component.
  var parameters: JSONObject = [:]

  private var operation: String {
    if file.hasSuffix(".ipynb") { return "execute-notebook-node" }
    if file.hasSuffix(".r") { return "execute-r-node" }
    return file.hasSuffix(".py") ? "execute-python-node" : "execute-script-node"
  }

  fileprivate var json: JSONValue {
    func list(_ texts: [String]) -> JSONValue { .array(texts.map { .init($0) }) }
    let variables = environment.sorted { $0.key < $1.key }.map { name, value -> JSONValue in
      ["env_var": .init(name), "value": .init(value)]
    }
    let secrets = secrets.map { name -> JSONValue in
      ["env_var": .init(name), "name": "secret", "key": "key"]
    }
    let links = parents.map { parent -> JSONValue in
      ["id": .init("\(parent)-\(file)"), "node_id_ref": .init(parent), "port_id_ref": "outPort"]
    }
    var component: JSONObject = [
      "filename": .init(file), "runtime_image": .init(image),
      "dependencies": list(dependencies), "outputs": list(outputs),
      "env_vars": .array(variables), "kubernetes_secrets": .array(secrets),
    ]
    for member in parameters { component[member.key.string] = member.value }
    return [
      "id": .init(file), "type": "execution_node", "op": .init(operation),
      "app_data": [
        "component_parameters": .object(component),
        "lyre": .object(properties), "label": "", "ui_data": ["label": .init(file)],
      ],
      "inputs": [["id": "inPort", "links": .array(links)]], "outputs": [["id": "outPort"]],
    ]
  }
}

extension Lyre {
  /// Writes a pipeline.
  func pipeline(_ nodes: [PipelineFileNode], to name: String = "p.pipeline") throws {
    let value: JSONValue = [
      "doc_type": "pipeline", "version": "3.0", "id": "p", "primary_pipeline": "primary",
      "pipelines": [
        [
          "id": "primary", "nodes": .array(nodes.map(\.json)), "runtime_ref": "",
          "app_data": ["version": 8, "ui_data": ["comments": []], "properties": ["name": "p"]],
        ]
      ], "schemas": [],
    ]
    try directory.write(value.serialized(.pretty), to: name)
  }

  /// Writes a shell script.
  func script(_ name: String, _ lines: String) throws {
    try directory.write("#!/bin/sh\n\(lines)\n", to: name)
  }

  func text(of name: String) throws -> String {
    String(decoding: try directory.read(name), as: UTF8.self)
  }

  /// Runs the pipeline, and returns the status of each node by its label.
  func statuses(
    _ options: [String] = [], environment: [String: String] = [:]
  ) async throws -> (code: Int32, statuses: [String: String], reasons: [String: String]) {
    let outcome = try await run(
      ["pipeline", "run", "p.pipeline", "--json", "-q"] + options, environment: environment)
    let json = try JSONValue(parsing: Array(outcome.output.utf8))
    var statuses: [String: String] = [:]
    var reasons: [String: String] = [:]
    for node in json["nodes"]?.array ?? [] {
      let label = node["label"]?.string ?? ""
      statuses[label] = node["status"]?.string
      reasons[label] = node["reason"]?.string
    }
    return (outcome.code, statuses, reasons)
  }
}

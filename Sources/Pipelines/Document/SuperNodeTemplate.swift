import JSONCore

/// New super nodes, their ports and bindings, as Elyra's canvas writes them.
enum SuperNodeTemplate {
  /// A super node.
  static func node(
    id: String, flow: String, label: String?, at point: PipelinePoint?, inputs: [JSONValue],
    outputs: [JSONValue]
  ) -> JSONValue {
    var canvas: JSONObject = [
      "label": .init(label.flatMap { $0.isEmpty ? nil : $0 } ?? "Supernode"),
      "image": "useDefaultIcon",
    ]
    if let point { canvas.setPosition(point) }
    canvas["description"] = "This supernode was created by common-canvas."
    canvas["is_expanded"] = false
    return [
      "id": .init(id), "type": "super_node", "subflow_ref": ["pipeline_id_ref": .init(flow)],
      // Elyra's commands refuse nodes without parameters.
      "app_data": ["component_parameters": [:], "ui_data": .object(canvas)],
      "inputs": .array(inputs), "outputs": .array(outputs),
    ]
  }

  /// A port of a super node.
  static func port(_ id: String, binding: String, links: [JSONValue] = []) -> JSONValue {
    var port: JSONObject = [
      "id": .init(id), "subflow_node_ref": .init(binding), "app_data": data,
    ]
    if !links.isEmpty { port["links"] = .array(links) }
    return .object(port)
  }

  /// A binding inside a super node.
  ///
  /// - Parameter port: the id of the super node's port.
  static func binding(
    for port: String, isEntry: Bool, at point: PipelinePoint?, links: [JSONValue] = [],
    id: String = PipelineID.new()
  ) -> JSONValue {
    var own: JSONObject = [
      "id": .init((isEntry ? "output_" : "input_") + port), "app_data": data,
    ]
    if !links.isEmpty { own["links"] = .array(links) }
    var canvas: JSONObject = ["label": "Binding"]
    if let point { canvas.setPosition(point) }
    canvas["description"] = "Supernode binding node"
    var node: JSONObject = [
      "id": .init(id), "type": "binding", "app_data": ["ui_data": .object(canvas)],
    ]
    node[isEntry ? "outputs" : "inputs"] = [.object(own)]
    return .object(node)
  }

  /// The flow of a new super node.
  static func flow(id: String, nodes: [JSONValue], comments: [JSONValue]) -> JSONValue {
    [
      "id": .init(id), "nodes": .array(nodes),
      "app_data": ["ui_data": ["comments": .array(comments)]], "runtime_ref": "",
    ]
  }

  private static var data: JSONValue {
    [
      "ui_data": [
        "cardinality": ["min": 0, "max": -1], "label": "Binding port for supernode",
      ]
    ]
  }
}

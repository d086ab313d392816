import JSONCore

/// A new node that runs something, with the members that Elyra's editor writes, in its order.
struct NodeTemplate {
  var id: String
  var operation: String
  /// Its `component_parameters`.
  var parameters: JSONObject
  /// Its own label; nil for none.
  var label: String?
  /// The name that is shown without a label: that of its file or component.
  var name: String
  /// The address of its icon on the canvas of Elyra's editor; nil for none.
  var image: String?
  var description: String
  /// For the node of a component: where the component comes from.
  var source: String?

  func json(at point: PipelinePoint) -> JSONValue {
    var canvas: JSONObject = ["label": .init(label.flatMap { $0.isEmpty ? nil : $0 } ?? name)]
    if let image { canvas["image"] = .init(image) }
    canvas.setPosition(point)
    if !description.isEmpty { canvas["description"] = .init(description) }
    var data: JSONObject = ["component_parameters": .object(parameters)]
    if source != nil, !description.isEmpty {
      data["component_description"] = .init(description)
    }
    data["label"] = .init(label ?? "")
    if let source { data["component_source"] = .init(source) }
    data["ui_data"] = .object(canvas)
    return [
      "id": .init(id), "type": "execution_node", "op": .init(operation),
      "app_data": .object(data), "inputs": [PipelineID.port("inPort", "Input Port")],
      "outputs": [PipelineID.port("outPort", "Output Port")],
    ]
  }

  /// The address of the icon of an operation in Elyra's editor; nil for operations unknown to it.
  static func image(of operation: String) -> String? {
    switch operation {
    case PipelineOperation.notebook: "/static/elyra/notebook.svg"
    case PipelineOperation.pythonScript: "/static/elyra/python.svg"
    case PipelineOperation.rScript: "/static/elyra/r-logo.svg"
    default: nil
    }
  }

  /// Elyra's description of an operation.
  static func description(of operation: String) -> String {
    switch operation {
    case PipelineOperation.notebook: "Run notebook file"
    case PipelineOperation.pythonScript: "Run Python script"
    case PipelineOperation.rScript: "Run R script"
    default: "Run script"
    }
  }
}

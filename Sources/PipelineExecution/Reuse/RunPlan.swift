import JSONCore
import Pipelines
import RunRecord

extension PipelineContext {
  /// The pipeline for the record: nodes and links as a `.pipeline` file of their own, without
  /// anything that may be secret.
  var plan: [UInt8] {
    PipelineHistory.plan(
      description: pipelineDescription,
      graph.nodes.indices.map { place in
        let node = graph.nodes[place]
        return PipelineHistory.PlannedNode(
          id: node.id, label: node.label, file: node.file, type: node.type,
          operation: node.operation, parents: graph.parents[place].map { graph.nodes[$0].id })
      })
  }
}

extension PipelineHistory {
  /// A node for the record.
  struct PlannedNode {
    var id: String
    var label: String
    var file: String?
    var type: String
    var operation: String
    var parents: [String] = []

    fileprivate var json: JSONValue {
      let links = parents.map { parent -> JSONValue in
        ["node_id_ref": .init(parent), "port_id_ref": "outPort"]
      }
      return [
        "id": .init(id), "type": .init(type), "op": .init(operation),
        "app_data": [
          "label": .init(label), "ui_data": ["label": .init(label)],
          "component_parameters": .object(file.map { ["filename": .init($0)] } ?? [:]),
        ],
        "inputs": [["id": "inPort", "links": .array(links)]], "outputs": [["id": "outPort"]],
      ]
    }
  }

  static func plan(description: String?, _ nodes: [PlannedNode]) -> [UInt8] {
    let value: JSONValue = [
      "doc_type": "pipeline", "version": "3.0", "id": "plan", "primary_pipeline": "primary",
      "pipelines": [
        [
          "id": "primary", "nodes": .array(nodes.map(\.json)), "runtime_ref": "",
          "app_data": [
            "version": 8, "ui_data": ["comments": []],
            "properties": ["name": "plan", "description": .init(description ?? "")],
          ],
        ]
      ], "schemas": [],
    ]
    return value.serialized()
  }
}

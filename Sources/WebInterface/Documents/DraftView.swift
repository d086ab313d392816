import JSONCore
import Pipelines

/// A pipeline as the page draws it.
enum DraftView {
  static func json(_ pipeline: Pipeline, _ findings: [Finding]) -> JSONObject {
    var severities: [String: Finding.Severity] = [:]
    for finding in findings {
      guard let id = finding.nodeID, finding.severity != .information else { continue }
      severities[id] = min(severities[id] ?? .warning, finding.severity)
    }
    return [
      "name": pipeline.name.map { .init($0) } ?? .null,
      "description": pipeline.description.map { .init($0) } ?? .null,
      "runtime_type": pipeline.runtimeType.map { .init($0) } ?? .null,
      "format_version": .init(pipeline.formatVersion), "primary": .init(pipeline.id),
      "flows": .array(
        pipeline.flows.map { flow in
          [
            "id": .init(flow.id), "parent": .null, "label": .init(flow.id),
            "nodes": .array(
              flow.nodes.enumerated().map { .object(node($1, $0, severities)) }),
            "links": .array(
              flow.nodes.flatMap { node in
                node.links.map { link in
                  [
                    "id": .init(link.id), "source": .init(link.node),
                    "source_port": link.port.map { .init($0) } ?? .null,
                    "target": .init(node.id), "target_port": .null, "kind": "data",
                    "in_cycle": false,
                  ]
                }
              }),
            "comments": .array(
              flow.comments.map { comment in
                [
                  "id": .init(comment.id), "text": .init(comment.text), "html": "",
                  "x": .init(comment.position?.x ?? 0), "y": .init(comment.position?.y ?? 0),
                  "width": comment.json["width"] ?? 175, "height": comment.json["height"] ?? 42,
                  "nodes": .array(comment.nodes.map { .init($0) }),
                ]
              }),
          ]
        }),
      "properties": .object(pipeline.properties), "defaults": .object(pipeline.defaults),
      "parameters": .array(
        pipeline.parameters.map { parameter in
          [
            "name": .init(parameter.name),
            "description": parameter.description.map { .init($0) } ?? .null,
            "type": .init(parameter.type), "default": parameter.defaultValue ?? .null,
            "required": .init(parameter.isRequired),
          ]
        }),
    ]
  }

  private static func node(
    _ node: PipelineNode, _ place: Int, _ severities: [String: Finding.Severity]
  ) -> JSONObject {
    var flow: JSONValue = .null
    if case .superNode(let id) = node.kind { flow = .init(id) }
    let position =
      node.position
      ?? PipelinePoint(x: Double(40 + place % 5 * 220), y: Double(40 + place / 5 * 80))
    return [
      "id": .init(node.id), "label": .init(node.label), "kind": .init(kind(node.kind)),
      "operation": .init(node.operation), "file": node.file.map { .init($0) } ?? .null,
      "x": .init(position.x), "y": .init(position.y), "width": 160, "height": 40,
      "properties": .object(node.properties), "lyre": node.appData["lyre"] ?? [:],
      "inherited": [:], "subflow": flow, "expanded": false,
      "inputs": .array(
        node.ports.filter(\.isInput).map { ["id": .init($0.id), "label": .init($0.id)] }),
      "outputs": .array(
        node.ports.filter { !$0.isInput }.map { ["id": .init($0.id), "label": .init($0.id)] }),
      "parents": .array(node.parents.map { .init($0) }), "summary": [],
      "severity": severities[node.id].map { .init($0.rawValue) } ?? .null,
    ]
  }

  private static func kind(_ kind: PipelineNode.Kind) -> String {
    switch kind {
    case .notebook: "notebook"
    case .pythonScript: "python"
    case .rScript: "r"
    case .script: "script"
    case .component: "component"
    case .superNode: "super"
    case .binding: "binding"
    case .unknown: "unknown"
    }
  }
}

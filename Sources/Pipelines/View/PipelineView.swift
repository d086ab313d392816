public import JSONCore

/// A pipeline as the visual editor shows it: flows with nodes, links and comments, all with
/// positions, and the properties with what is inherited.
public struct PipelineView: Sendable {
  /// The view as JSON.
  public let json: JSONObject

  /// Creates the view of a document.
  ///
  /// - Parameters:
  ///   - document: the document.
  ///   - pipeline: its pipeline, if it has been read already.
  ///   - findings: the findings of its validation, for the marks of nodes.
  ///   - markdown: converts the text of a comment into safe HTML; nil if that is not needed.
  public init(
    _ document: PipelineDocument, _ pipeline: Pipeline? = nil, findings: [Finding] = [],
    markdown: ((String) -> String)? = nil
  ) {
    let builder = ViewBuilder(
      document, pipeline ?? document.pipeline, findings: findings, markdown: markdown)
    json = builder.json
  }
}

/// Makes the parts of a view.
private struct ViewBuilder {
  private let document: PipelineDocument
  private let pipeline: Pipeline
  private let markdown: ((String) -> String)?
  /// The flow and super node around each flow that can be reached.
  private let parents: [(flow: Int, node: Int)?]
  /// The severities by node; of super nodes those of their content.
  private let severities: [[Finding.Severity?]]
  private let flowIDs: [String: Int]

  init(
    _ document: PipelineDocument, _ pipeline: Pipeline, findings: [Finding],
    markdown: ((String) -> String)?
  ) {
    self.document = document
    self.pipeline = pipeline
    self.markdown = markdown
    let flowIDs = Dictionary(
      pipeline.flows.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    self.flowIDs = flowIDs
    var parents = [(flow: Int, node: Int)?](repeating: nil, count: pipeline.flows.count)
    var order = [pipeline.primary]
    var seen: Set<Int> = [pipeline.primary]
    var next = 0
    while next < order.count {
      let flow = order[next]
      next += 1
      for (place, node) in pipeline.flows[flow].nodes.enumerated() {
        guard case .superNode(let id) = node.kind, let inner = flowIDs[id],
          seen.insert(inner).inserted
        else { continue }
        parents[inner] = (flow, place)
        order.append(inner)
      }
    }
    self.parents = parents
    var worst: [String: Finding.Severity] = [:]
    for finding in findings where finding.severity != .information {
      guard let id = finding.nodeID else { continue }
      worst[id] = min(worst[id] ?? finding.severity, finding.severity)
    }
    var severities = pipeline.flows.map { flow in flow.nodes.map { worst[$0.id] } }
    for flow in order.reversed() {
      guard let parent = parents[flow], let inner = severities[flow].compactMap(\.self).min()
      else { continue }
      let own = severities[parent.flow][parent.node]
      severities[parent.flow][parent.node] = own.map { min($0, inner) } ?? inner
    }
    self.severities = severities
  }

  var json: JSONObject {
    let table = LinkTable(document.flows)
    let cycles = LinkCycles(pipeline, table).isInCycle
    var links = [[JSONValue]](repeating: [], count: pipeline.flows.count)
    for (link, isInCycle) in zip(table.entries, cycles) {
      links[link.flow].append(ViewBuilder.link(link, isInCycle: isInCycle))
    }
    var properties = pipeline.properties
    properties["pipeline_defaults"] = nil
    properties["pipeline_parameters"] = nil
    return [
      "name": .text(pipeline.name), "description": .text(pipeline.description),
      "runtime_type": .text(pipeline.runtimeType),
      "format_version": .init(pipeline.formatVersion), "primary": .init(pipeline.id),
      "flows": .array(pipeline.flows.indices.map { .object(flow($0, links[$0])) }),
      "properties": .object(properties), "defaults": .object(pipeline.defaults),
      "parameters": .array(
        pipeline.parameters.map { parameter in
          [
            "name": .init(parameter.name), "description": .text(parameter.description),
            "type": .init(parameter.type), "default": parameter.defaultValue ?? .null,
            "required": .init(parameter.isRequired),
          ]
        }),
    ]
  }

  private func flow(_ place: Int, _ links: [JSONValue]) -> JSONObject {
    let flow = pipeline.flows[place]
    let raw = document.flows[place]["nodes"]?.array ?? []
    let points = CanvasPositions(raw).points
    let label: String
    var parent: JSONValue = .null
    if let (outer, node) = parents[place] {
      label = pipeline.flows[outer].nodes[node].label
      parent = [
        "flow": .init(pipeline.flows[outer].id),
        "node": .init(pipeline.flows[outer].nodes[node].id),
      ]
    } else {
      label = place == pipeline.primary ? pipeline.name ?? "" : flow.id
    }
    return [
      "id": .init(flow.id), "parent": parent, "label": .init(label),
      "nodes": .array(
        zip(zip(flow.nodes, severities[place]), zip(raw, points)).map { node, canvas in
          .object(self.node(node.0, raw: canvas.0, at: canvas.1, node.1))
        }),
      "links": .array(links),
      "comments": .array(flow.comments.map { .object(comment($0)) }),
    ]
  }

  private func node(
    _ node: PipelineNode, raw: JSONValue, at point: PipelinePoint, _ severity: Finding.Severity?
  ) -> JSONObject {
    let size = CanvasBox.size(of: raw)
    var subflow: JSONValue = .null
    if case .superNode(let id) = node.kind, flowIDs[id] != nil { subflow = .init(id) }
    let summary = NodeSummary(node, defaults: pipeline.defaults)
    return [
      "id": .init(node.id), "label": .init(node.label), "kind": .init(node.kind.code),
      "operation": .init(node.operation), "file": .text(node.file), "x": .pixels(point.x),
      "y": .pixels(point.y), "width": .pixels(size.width), "height": .pixels(size.height),
      "properties": .object(node.properties), "lyre": .object(node.lyre.json),
      "inherited": .object(summary.inherited), "subflow": subflow,
      "expanded": .init(
        subflow != .null && raw["app_data"]?["ui_data"]?["is_expanded"]?.bool == true),
      "inputs": ViewBuilder.ports(raw["inputs"]), "outputs": ViewBuilder.ports(raw["outputs"]),
      "parents": .array(ViewBuilder.parents(of: node).map { .init($0) }),
      "summary": .array(summary.lines.map { .object($0.json) }),
      "severity": .text(severity?.rawValue),
    ]
  }

  /// The nodes before a node; of super nodes and bindings those in the same flow.
  private static func parents(of node: PipelineNode) -> [String] {
    if node.isExecutable { return node.parents }
    var seen: Set<String> = []
    return node.links.map(\.node).filter { seen.insert($0).inserted }
  }

  private static func ports(_ ports: JSONValue?) -> JSONValue {
    .array(
      (ports?.array ?? []).map { port in
        [
          "id": .init(port["id"]?.string ?? ""),
          "label": .init(port["app_data"]?["ui_data"]?["label"]?.string ?? ""),
        ]
      })
  }

  private static func link(_ link: LinkTable.Entry, isInCycle: Bool) -> JSONValue {
    [
      "id": .init(link.id), "source": .init(link.source), "source_port": .text(link.sourcePort),
      "target": .init(link.target), "target_port": .text(link.targetPort),
      "kind": link.port == nil ? "comment" : "data", "in_cycle": .init(isInCycle),
    ]
  }

  private func comment(_ comment: PipelineComment) -> JSONObject {
    let size = CanvasBox.size(ofComment: .object(comment.json))
    let point = CanvasBox.position(ofComment: .object(comment.json))
    var json: JSONObject = [
      "id": .init(comment.id), "text": .init(comment.text), "x": .pixels(point.x),
      "y": .pixels(point.y), "width": .pixels(size.width), "height": .pixels(size.height),
      "nodes": .array(comment.nodes.map { .init($0) }),
    ]
    if let markdown { json["html"] = .init(markdown(comment.text)) }
    return json
  }
}

extension PipelineNode.Kind {
  /// The kind as the visual editor names it.
  fileprivate var code: String {
    switch self {
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

extension JSONValue {
  /// A text, or null.
  fileprivate static func text(_ text: String?) -> JSONValue { text.map { .init($0) } ?? .null }
}

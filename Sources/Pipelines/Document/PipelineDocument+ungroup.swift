import JSONCore

extension PipelineDocument {
  /// Replaces a super node by its content; the inverse of ``makeSuperNode(of:label:id:)``.
  ///
  /// Links through its ports become links between the nodes again. If the super node was moved,
  /// its content moves with it.
  ///
  /// - Returns: the ids of the nodes and comments that were inside.
  /// - Throws: ``PipelineError`` when there is no such super node, or its flow is missing or used by
  ///   another super node.
  @discardableResult
  public mutating func ungroup(_ id: String) throws(PipelineError) -> [String] {
    let place = try place(of: id)
    let node = node(at: place)
    guard node["type"]?.string == "super_node" else {
      throw PipelineError(.invalidValue, "the node '\(id)' is not a super node")
    }
    let flowID = node["subflow_ref"]?["pipeline_id_ref"]?.string ?? ""
    let users = flows.reduce(0) { sum, flow in
      sum
        + (flow["nodes"]?.array ?? []).count {
          $0["subflow_ref"]?["pipeline_id_ref"]?.string == flowID
        }
    }
    guard let inner = flows.firstIndex(where: { $0["id"]?.string == flowID }),
      inner != place.flow, inner != primaryPlace, users == 1
    else {
      throw PipelineError(
        .invalidValue, "the flow '\(flowID)' of the super node is missing or used twice")
    }
    let ungrouping = NodeUngrouping(superNode: node, flow: flows[inner])
    isEdited = true
    places = nil
    let moved = updateFlow(place.flow) { ungrouping.run(on: &$0, at: place.node) }
    let primary = root["pipelines"]?[primaryPlace]?["id"]
    root.update("pipelines") { pipelines in
      pipelines.updateArray { flows in _ = flows.remove(at: inner) }
    }
    primaryPlace = flows.firstIndex { $0["id"] == primary } ?? primaryPlace
    return moved
  }
}

/// Moves the nodes of a super node's flow into the flow around it.
private struct NodeUngrouping {
  private let superID: String
  private let ports: [JSONValue]
  private let outputs: [JSONValue]
  private let flow: JSONValue
  private let bindings: [String: JSONValue]
  private let innerIDs: Set<String>
  private let offset: PipelinePoint

  init(superNode: JSONValue, flow: JSONValue) {
    superID = superNode["id"]?.string ?? ""
    ports = superNode["inputs"]?.array ?? []
    outputs = superNode["outputs"]?.array ?? []
    self.flow = flow
    let nodes = flow["nodes"]?.array ?? []
    bindings = Dictionary(
      nodes.filter { $0["type"]?.string == "binding" }.compactMap { node in
        node["id"]?.string.map { ($0, node) }
      }, uniquingKeysWith: { first, _ in first })
    let content = nodes.filter { $0["type"]?.string != "binding" }
    innerIDs = Set(content.compactMap { $0["id"]?.string })
    if let now = PipelinePoint(superNode["app_data"]?["ui_data"]),
      let then = CanvasBox.topLeft(content)
    {
      offset = PipelinePoint(x: now.x - then.x, y: now.y - then.y)
    } else {
      offset = PipelinePoint(x: 0, y: 0)
    }
  }

  /// - Returns: the ids of what was inside.
  func run(on outer: inout JSONObject, at place: Int) -> [String] {
    var content = (flow["nodes"]?.array ?? []).filter { $0["type"]?.string != "binding" }
    var used: Set<String> = []
    for index in content.indices {
      PipelineLinks.rewrite(&content[index]) { link, _ in
        guard bindings[link["node_id_ref"]?.string ?? ""] != nil else { return [link] }
        return resolved(link).map { link in
          // Several nodes may use one port, and each needs a link of its own.
          if let id = link["id"]?.string, used.insert(id).inserted { return link }
          return NodeUngrouping.renamed(link)
        }
      }
      content[index].updateObject { node in
        guard node["app_data"]?["ui_data"]?.object != nil else { return }
        node.updateCanvas(shift)
      }
    }
    let moved = content
    func insert(into nodes: inout [JSONValue]) {
      nodes.replaceSubrange(place...place, with: moved)
      for index in nodes.indices {
        PipelineLinks.rewrite(&nodes[index]) { link, _ in
          link["node_id_ref"]?.string == superID ? resolved(link) : [link]
        }
      }
    }
    outer.update("nodes") { $0.updateArray(insert) }
    PipelineComments.detach([superID], in: &outer)
    var inner = flow.object ?? [:]
    PipelineComments.detach(Set(bindings.keys), in: &inner)
    var comments = inner["app_data"]?["ui_data"]?["comments"]?.array ?? []
    for index in comments.indices { comments[index].updateObject(shift) }
    if !comments.isEmpty { PipelineComments.append(comments, to: &outer) }
    return (moved + comments).compactMap { $0["id"]?.string }
  }

  private func shift(_ canvas: inout JSONObject) {
    guard offset.x != 0 || offset.y != 0, let point = PipelinePoint(.object(canvas)) else {
      return
    }
    canvas.setPosition(PipelinePoint(x: point.x + offset.x, y: point.y + offset.y))
  }

  /// The links that replace a link from a binding or from the super node.
  private func resolved(_ link: JSONValue) -> [JSONValue] {
    var seen: Set<String> = []
    var waiting = [link]
    var result: [JSONValue] = []
    while let next = waiting.popLast() {
      let source = next["node_id_ref"]?.string ?? ""
      let port = next["port_id_ref"]?.string
      let isPassage = source == superID || bindings[source] != nil
      guard isPassage else {
        result.append(next)
        continue
      }
      guard seen.insert("\(source)\u{0}\(port ?? "")").inserted else { continue }
      waiting += (source == superID ? leaving(by: port) : entering(by: source, port)).reversed()
    }
    guard link["node_id_ref"]?.string == superID else { return result }
    guard result.count == 1 else { return result.map(NodeUngrouping.renamed) }
    // A single link keeps the id of the outer one.
    return result.map { inner in
      var kept = link
      kept.updateObject { link in
        link["node_id_ref"] = inner["node_id_ref"]
        link["port_id_ref"] = inner["port_id_ref"]
      }
      return kept
    }
  }

  private static func renamed(_ link: JSONValue) -> JSONValue {
    var link = link
    link.updateObject { $0["id"] = .init(PipelineID.new()) }
    return link
  }

  /// The links inside that lead out through a port of the super node.
  private func leaving(by port: String?) -> [JSONValue] {
    let found =
      outputs.first { $0["id"]?.string == port } ?? (outputs.count == 1 ? outputs.first : nil)
    if let id = found?["subflow_node_ref"]?.string, let binding = bindings[id] {
      return PipelineLinks.all(of: binding)
    }
    // Elyra's editor names ports by the inner node's id and `_outPort`.
    let suffix = "_outPort"
    guard let port, port.hasSuffix(suffix), innerIDs.contains(String(port.dropLast(suffix.count)))
    else { return [] }
    return [["node_id_ref": .init(String(port.dropLast(suffix.count))), "port_id_ref": "outPort"]]
  }

  /// The links outside that come in through a binding.
  private func entering(by binding: String, _ port: String?) -> [JSONValue] {
    ports.filter { value in
      let reference = value["subflow_node_ref"]?.string
      return reference == binding || reference == nil && value["id"]?.string == port
    }.flatMap { $0["links"]?.array ?? [] }
  }
}

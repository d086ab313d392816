import JSONCore

extension PipelineDocument {
  /// Changes a node of any flow.
  mutating func updateNode(_ id: String, _ body: (inout JSONObject) -> Void)
    throws(PipelineError)
  {
    let place = try place(of: id)
    isEdited = true
    updateFlow(place.flow) { flow in
      flow.update("nodes") { $0.updateArray { $0[place.node].updateObject(body) } }
    }
  }

  /// The place of a node.
  mutating func place(of id: String) throws(PipelineError) -> NodePlace {
    guard let place = find(id) else {
      throw PipelineError(.noSuchNode, "there is no node '\(id)'")
    }
    return place
  }

  /// The place of a node if it exists; the first of several with the same id.
  mutating func find(_ id: String) -> NodePlace? {
    if let places { return places[id] }
    var places: [String: NodePlace] = [:]
    for (flow, content) in (root["pipelines"]?.array ?? []).enumerated() {
      for (node, content) in (content["nodes"]?.array ?? []).enumerated() {
        guard let name = content["id"]?.string, places[name] == nil else { continue }
        places[name] = NodePlace(flow: flow, node: node)
      }
    }
    self.places = places
    return places[id]
  }

  // MARK: Flows

  /// The primary pipeline and those of super nodes, as in the file.
  var flows: [JSONValue] { root["pipelines"]?.array ?? [] }

  /// The place of a flow; nil is the primary one.
  func flowPlace(_ id: String?) throws(PipelineError) -> Int {
    guard let id else { return primaryPlace }
    if flows[primaryPlace]["id"]?.string == id { return primaryPlace }
    guard let place = flows.firstIndex(where: { $0["id"]?.string == id }) else {
      throw PipelineError(.noSuchNode, "there is no flow '\(id)' in the pipeline")
    }
    return place
  }

  /// The place of the super node that has a flow; nil if there is none.
  func holder(of flow: String) -> NodePlace? {
    for (place, content) in flows.enumerated() {
      for (node, content) in (content["nodes"]?.array ?? []).enumerated()
      where content["type"]?.string == "super_node"
        && content["subflow_ref"]?["pipeline_id_ref"]?.string == flow
      {
        return NodePlace(flow: place, node: node)
      }
    }
    return nil
  }

  /// The node at a place, as in the file.
  func node(at place: NodePlace) -> JSONValue {
    root["pipelines"]?[place.flow]?["nodes"]?[place.node] ?? .null
  }

  /// The place of a comment: its flow and its index there; nil if there is none.
  func findComment(_ id: String) -> NodePlace? {
    for (flow, content) in flows.enumerated() {
      let comments = content["app_data"]?["ui_data"]?["comments"]?.array ?? []
      if let place = comments.firstIndex(where: { $0["id"]?.string == id }) {
        return NodePlace(flow: flow, node: place)
      }
    }
    return nil
  }
}

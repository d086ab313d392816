import JSONCore

extension PipelineDocument {
  /// Removes nodes, comments and links.
  ///
  /// - Parameter ids: their ids; for links those of ``PipelineView``.
  /// - Throws: ``PipelineError`` when one of them does not exist; then nothing is removed.
  public mutating func remove(_ ids: [String]) throws(PipelineError) {
    var nodes: [String] = []
    var comments: Set<String> = []
    var links: Set<String> = []
    for id in ids {
      if find(id) != nil {
        nodes.append(id)
      } else if findComment(id) != nil {
        comments.insert(id)
      } else {
        links.insert(id)
      }
    }
    try removeLinks(links)
    if !comments.isEmpty { removeComments(comments) }
    if !nodes.isEmpty { try removeNodes(nodes) }
  }

  /// Removes links, and all links of nodes and comments.
  ///
  /// - Throws: ``PipelineError`` when one of them does not exist; then nothing is removed.
  public mutating func disconnect(links: [String], nodes: [String]) throws(PipelineError) {
    for id in nodes where find(id) == nil && findComment(id) == nil {
      throw PipelineError(.noSuchNode, "there is no node or comment '\(id)'")
    }
    var all = Set(links)
    let table = LinkTable(flows)
    let isMeant = Set(nodes)
    for link in table.entries where isMeant.contains(link.source) || isMeant.contains(link.target) {
      all.insert(link.id)
    }
    try removeLinks(all, of: table)
  }

  /// Puts a node between the two ends of a link.
  ///
  /// - Returns: the ids of the two links, the first of which is the given one.
  /// - Throws: ``PipelineError`` when one of them does not exist, the node is an end of the link, or
  ///   they are in different flows.
  public mutating func insert(_ node: String, intoLink link: String) throws(PipelineError)
    -> [String]
  {
    let place = try place(of: node)
    let table = LinkTable(flows)
    guard let entry = table.entries.first(where: { $0.id == link }) else {
      throw PipelineError(.noSuchNode, "there is no link '\(link)'")
    }
    guard let port = entry.port else {
      throw PipelineError(.invalidValue, "a node cannot be put into the link of a comment")
    }
    guard place.flow == entry.flow, entry.source != node, entry.target != node else {
      throw PipelineError(
        .invalidValue, "the node '\(node)' is an end of the link, or in another flow")
    }
    let sourceOutputs = self.node(at: try self.place(of: entry.source))["outputs"]?.array ?? []
    let hasPort = sourceOutputs.contains { $0["id"]?.string == entry.sourcePort }
    let before = try connect(
      entry.source, to: node, sourcePort: hasPort ? entry.sourcePort : nil)
    let output = self.node(at: place)["outputs"]?[0]?["id"]?.string ?? "outPort"
    let target = self.node(at: NodePlace(flow: entry.flow, node: entry.owner))
    let links = target["inputs"]?[port]?["links"]?.array ?? []
    let exists = links.contains { $0["node_id_ref"]?.string == node }
    guard self.node(at: place)["type"]?.string == "execution_node", !exists else {
      try removeLinks([link])
      return before + (try connect(node, to: entry.target, targetPort: entry.targetPort))
    }
    // In its place, so that the order of the target's links stays.
    updateFlow(entry.flow) { flow in
      flow.update("nodes") {
        $0.updateArray { nodes in
          nodes[entry.owner].updateLink(port, entry.place) { link in
            link["node_id_ref"] = .init(node)
            link["port_id_ref"] = .init(output)
          }
        }
      }
    }
    return [link] + before
  }

  private mutating func removeLinks(_ ids: Set<String>) throws(PipelineError) {
    guard !ids.isEmpty else { return }
    try removeLinks(ids, of: LinkTable(flows))
  }

  private mutating func removeLinks(_ ids: Set<String>, of table: LinkTable) throws(PipelineError) {
    var missing = ids
    /// The places of the links to remove, by flow, owner and port.
    var nodes: [NodePlace: [Int: Set<Int>]] = [:]
    var comments: [NodePlace: Set<Int>] = [:]
    for link in table.entries where ids.contains(link.id) {
      missing.remove(link.id)
      let owner = NodePlace(flow: link.flow, node: link.owner)
      if let port = link.port {
        nodes[owner, default: [:]][port, default: []].insert(link.place)
      } else {
        comments[owner, default: []].insert(link.place)
      }
    }
    if let id = missing.sorted().first {
      throw PipelineError(.noSuchNode, "there is no node, comment or link '\(id)'")
    }
    isEdited = true
    for (owner, ports) in nodes {
      updateFlow(owner.flow) { flow in
        flow.update("nodes") { nodes in
          nodes.updateArray { $0[owner.node].removeLinks(ports) }
        }
      }
    }
    for (owner, places) in comments {
      updateFlow(owner.flow) { flow in
        PipelineComments.update(in: &flow) { comments in
          comments[owner.node].updateObject { comment in
            comment.update("associated_id_refs") { references in
              references.updateArray { $0.remove(places) }
            }
          }
        }
      }
    }
  }

  private mutating func removeComments(_ ids: Set<String>) {
    isEdited = true
    for flow in flows.indices {
      updateFlow(flow) { flow in
        PipelineComments.update(in: &flow) { comments in
          comments.removeAll { $0["id"]?.string.map(ids.contains) ?? false }
        }
      }
    }
  }
}

extension JSONValue {
  /// Changes a link of a node.
  fileprivate mutating func updateLink(
    _ port: Int, _ place: Int, _ body: (inout JSONObject) -> Void
  ) {
    updateObject { node in
      node.update("inputs") { inputs in
        inputs.updateArray { inputs in
          inputs[port].updateObject { port in
            port.update("links") { links in links.updateArray { $0[place].updateObject(body) } }
          }
        }
      }
    }
  }

  /// Removes links of a node, by the indices of its ports.
  fileprivate mutating func removeLinks(_ ports: [Int: Set<Int>]) {
    updateObject { node in
      node.update("inputs") { inputs in
        inputs.updateArray { inputs in
          for (port, places) in ports {
            inputs[port].updateObject { port in
              var links = port["links"]?.array ?? []
              links.remove(places)
              port["links"] = links.isEmpty ? Optional.none : .array(links)
            }
          }
        }
      }
    }
  }
}

extension [JSONValue] {
  /// Removes the elements at these places.
  fileprivate mutating func remove(_ places: Set<Int>) {
    self = enumerated().filter { !places.contains($0.offset) }.map(\.element)
  }
}

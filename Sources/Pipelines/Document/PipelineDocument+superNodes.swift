import JSONCore

extension PipelineDocument {
  /// Puts nodes into a new super node, which stands for them in their flow.
  ///
  /// Links between them and other nodes go through ports and bindings of the super node, so that
  /// the dependencies stay the same. Comments that are attached only to these nodes go with them.
  /// ``ungroup(_:)`` is the inverse.
  ///
  /// - Parameters:
  ///   - ids: the nodes and comments, all of one flow; at least one node.
  ///   - label: the label of the super node; by default `Supernode`, as in Elyra.
  ///   - id: the id of the super node; by default a new one.
  /// - Returns: the id of the super node.
  /// - Throws: ``PipelineError`` when one of the ids does not exist, they are in different flows,
  ///   one of them is the binding of another super node, or there is no node among them.
  @discardableResult
  public mutating func makeSuperNode(of ids: [String], label: String? = nil, id: String? = nil)
    throws(PipelineError) -> String
  {
    var inside: Set<String> = []
    var comments: Set<String> = []
    var flow: Int?
    for id in ids {
      let node = find(id)
      guard let place = node ?? findComment(id) else {
        throw PipelineError(.noSuchNode, "there is no node or comment '\(id)'")
      }
      if let flow, flow != place.flow {
        throw PipelineError(.invalidValue, "a super node takes nodes of one flow only")
      }
      flow = place.flow
      guard node != nil else { comments.insert(id); continue }
      if self.node(at: place)["type"]?.string == "binding" {
        throw PipelineError(
          .invalidValue, "'\(id)' is a port of the super node around it, and cannot be put into one"
        )
      }
      inside.insert(id)
    }
    guard let flow, !inside.isEmpty else {
      throw PipelineError(.invalidValue, "a super node needs at least one node")
    }
    let superID = id ?? PipelineID.new()
    guard find(superID) == nil else {
      throw PipelineError(.duplicateID, "node '\(superID)' already exists; choose another id")
    }
    var grouping = NodeGrouping(
      inside: inside, comments: comments, superID: superID, flowID: PipelineID.new(), label: label)
    isEdited = true
    places = nil
    let new = updateFlow(flow) { grouping.run(on: &$0) }
    root.update("pipelines") { $0.updateArray { $0.append(new) } }
    return superID
  }
}

/// Moves nodes of a flow into a new one, behind a super node.
private struct NodeGrouping {
  let inside: Set<String>
  let comments: Set<String>
  let superID: String
  let flowID: String
  let label: String?

  /// The place where a link crosses the border: a port of a node inside.
  private struct Crossing {
    var node: String
    var port: String
    var binding = PipelineID.new()
    /// The links from outside, for an input.
    var links: [JSONValue] = []

    var name: String { "\(node)_\(port)" }
  }

  private var entries: [Crossing] = []
  private var exits: [Crossing] = []
  private var entryPlaces: [String: Int] = [:]
  private var exitPlaces: [String: Int] = [:]
  private var firstOutputs: [String: String] = [:]

  init(
    inside: Set<String>, comments: Set<String>, superID: String, flowID: String, label: String?
  ) {
    self.inside = inside
    self.comments = comments
    self.superID = superID
    self.flowID = flowID
    self.label = label
  }

  /// - Returns: the new flow.
  mutating func run(on flow: inout JSONObject) -> JSONValue {
    let nodes = flow["nodes"]?.array ?? []
    func isInside(_ node: JSONValue) -> Bool { node["id"]?.string.map(inside.contains) ?? false }
    for node in nodes where isInside(node) {
      firstOutputs[node["id"]?.string ?? ""] = node["outputs"]?[0]?["id"]?.string
    }
    var kept: [JSONValue] = []
    var moved: [JSONValue] = []
    var place: Int?
    for var node in nodes {
      if isInside(node) {
        if place == nil { place = kept.count }
        enter(&node)
        moved.append(node)
      } else {
        leave(&node)
        kept.append(node)
      }
    }
    let box = CanvasBox(moved)
    let (before, after) = bindings(around: box)
    kept.insert(
      SuperNodeTemplate.node(
        id: superID, flow: flowID, label: label, at: CanvasBox.topLeft(moved),
        inputs: entries.map {
          SuperNodeTemplate.port($0.name, binding: $0.binding, links: $0.links)
        },
        outputs: exits.map { SuperNodeTemplate.port($0.name, binding: $0.binding) }),
      at: place ?? kept.count)
    flow["nodes"] = .array(kept)
    let comments = takeComments(from: &flow)
    return SuperNodeTemplate.flow(id: flowID, nodes: moved + before + after, comments: comments)
  }

  /// Links from outside now come from a binding.
  private mutating func enter(_ node: inout JSONValue) {
    let id = node["id"]?.string ?? ""
    PipelineLinks.rewrite(&node) { link, port in
      guard let source = link["node_id_ref"]?.string, !inside.contains(source) else {
        return [link]
      }
      let name = "\(id)_\(port)"
      if let place = entryPlaces[name] {
        entries[place].links.append(link)
        return []
      }
      entryPlaces[name] = entries.count
      let crossing = Crossing(node: id, port: port, links: [link])
      entries.append(crossing)
      return [
        [
          "id": .init(PipelineID.new()), "node_id_ref": .init(crossing.binding),
          "port_id_ref": .init("output_\(name)"),
        ]
      ]
    }
  }

  /// Links from inside now come from the super node.
  private mutating func leave(_ node: inout JSONValue) {
    PipelineLinks.rewrite(&node) { link, _ in
      guard let source = link["node_id_ref"]?.string, inside.contains(source) else {
        return [link]
      }
      let port = link["port_id_ref"]?.string ?? firstOutputs[source] ?? "outPort"
      let crossing = Crossing(node: source, port: port)
      if exitPlaces[crossing.name] == nil {
        exitPlaces[crossing.name] = exits.count
        exits.append(crossing)
      }
      var link = link
      link.updateObject { link in
        link["node_id_ref"] = .init(superID)
        link["port_id_ref"] = .init(crossing.name)
      }
      return [link]
    }
  }

  /// The bindings, left and right of the nodes, as Elyra's canvas places them.
  private func bindings(around box: CanvasBox?) -> ([JSONValue], [JSONValue]) {
    let before = entries.enumerated().map { place, crossing in
      SuperNodeTemplate.binding(
        for: crossing.name, isEntry: true,
        at: box.map { PipelinePoint(x: $0.left - 160, y: $0.top + Double(place) * 80) },
        id: crossing.binding)
    }
    let after = exits.enumerated().map { place, crossing in
      SuperNodeTemplate.binding(
        for: crossing.name, isEntry: false,
        at: box.map { PipelinePoint(x: $0.right + 80, y: $0.top + Double(place) * 80) },
        links: [
          [
            "id": .init(PipelineID.new()), "node_id_ref": .init(crossing.node),
            "port_id_ref": .init(crossing.port),
          ]
        ], id: crossing.binding)
    }
    return (before, after)
  }

  /// Comments of these nodes only go with them; others are attached to the super node instead.
  private func takeComments(from flow: inout JSONObject) -> [JSONValue] {
    var taken: [JSONValue] = []
    PipelineComments.update(in: &flow) { list in
      var kept: [JSONValue] = []
      for var comment in list {
        let references = comment["associated_id_refs"]?.array ?? []
        let nodes = references.compactMap { $0["node_ref"]?.string }
        let isChosen = comment["id"]?.string.map(comments.contains) ?? false
        let isOwn = nodes.allSatisfy(inside.contains) && (isChosen || !nodes.isEmpty)
        if isOwn {
          taken.append(comment)
          continue
        }
        if nodes.contains(where: inside.contains) {
          var new: [JSONValue] = []
          for reference in references {
            guard let node = reference["node_ref"]?.string, inside.contains(node) else {
              new.append(reference)
              continue
            }
            if new.contains(where: { $0["node_ref"]?.string == superID }) { continue }
            var reference = reference
            reference.updateObject { $0["node_ref"] = .init(superID) }
            new.append(reference)
          }
          comment.updateObject { $0["associated_id_refs"] = .array(new) }
        }
        kept.append(comment)
      }
      list = kept
    }
    return taken
  }
}

import JSONCore

extension PipelineDocument {
  /// Makes a node depend on another one; does nothing if it already does.
  ///
  /// - Parameters:
  ///   - source: the node that runs first.
  ///   - target: the node that waits for it.
  ///   - id: the link's id; by default a new one.
  /// - Throws: ``PipelineError`` when one of them does not exist, is a super node or lies inside of
  ///   another super node, or both are the same.
  public mutating func connect(_ source: String, to target: String, id: String? = nil)
    throws(PipelineError)
  {
    let (from, to) = (try place(of: source), try place(of: target))
    guard source != target else {
      throw PipelineError(.cycle, "the node '\(source)' cannot wait for itself")
    }
    guard from.flow == to.flow else {
      throw PipelineError(
        .invalidValue, "'\(source)' and '\(target)' are not in the same pipeline of the file")
    }
    for (name, place) in [(source, from), (target, to)] {
      let type = root["pipelines"]?[place.flow]?["nodes"]?[place.node]?["type"]?.string
      guard type == "execution_node" else {
        throw PipelineError(.invalidValue, "'\(name)' is not a node that runs something")
      }
    }
    let link: JSONValue = [
      "id": .init(id ?? PipelineID.new()), "node_id_ref": .init(source),
      "port_id_ref": "outPort",
    ]
    try updateNode(target) { node in
      let links = (node["inputs"]?.array ?? []).flatMap { $0["links"]?.array ?? [] }
      if links.contains(where: { $0["node_id_ref"]?.string == source }) { return }
      node.update("inputs") { ports in
        ports.updateArray { ports in
          if ports.isEmpty { ports.append(PipelineID.port("inPort", "Input Port")) }
          ports[0].updateObject { $0.update("links") { $0.updateArray { $0.append(link) } } }
        }
      }
    }
  }

  /// Removes the links from one node to another, if there are any.
  ///
  /// - Throws: ``PipelineError`` when the dependent node does not exist.
  public mutating func disconnect(_ source: String, from target: String) throws(PipelineError) {
    let place = try place(of: target)
    isEdited = true
    updateFlow(place.flow) { flow in
      flow.update("nodes") { nodes in
        nodes.updateArray { nodes in
          PipelineLinks.remove(from: &nodes[place.node]) { $0["node_id_ref"]?.string == source }
        }
      }
    }
  }
}

/// Operations on the links of a node.
enum PipelineLinks {
  static func remove(from node: inout JSONValue, where isMeant: (JSONValue) -> Bool) {
    guard let ports = node["inputs"]?.array,
      ports.contains(where: { $0["links"]?.array?.contains(where: isMeant) ?? false })
    else { return }
    node.updateObject { node in
      node.update("inputs") { ports in
        ports.updateArray { ports in
          for port in ports.indices where ports[port]["links"]?.array != nil {
            ports[port].updateObject { port in
              let links = (port["links"]?.array ?? []).filter { !isMeant($0) }
              port["links"] = links.isEmpty ? Optional.none : .array(links)
            }
          }
        }
      }
    }
  }
}

import JSONCore

/// Removes nodes of any flows, and all that refers to them.
///
/// Inside a super node, a binding that was used only by removed nodes goes too, with its port of
/// the super node and the links of that port; this can continue in the flows around it.
struct NodeRemoval {
  /// What to remove from a flow.
  private struct Cut {
    var nodes: Set<String> = []
    /// Ports to remove from super nodes.
    var ports: [String: Set<String>] = [:]
    /// The bindings among ``nodes``.
    var bindings: Set<String> = []
  }

  private var cuts: [Int: Cut] = [:]
  private var inner: [String] = []

  mutating func add(_ id: String, at place: NodePlace, in document: PipelineDocument) {
    let node = document.node(at: place)
    cuts[place.flow, default: Cut()].nodes.insert(id)
    if node["type"]?.string == "binding" {
      cuts[place.flow, default: Cut()].bindings.insert(id)
    }
    if let flow = node["subflow_ref"]?["pipeline_id_ref"]?.string { inner.append(flow) }
  }

  func run(on document: inout PipelineDocument) {
    var waiting = cuts
    var seen: Set<Int> = []
    // A flow inside of itself is cut once.
    while let flow = waiting.keys.first(where: { !seen.contains($0) }) {
      seen.insert(flow)
      guard let cut = waiting.removeValue(forKey: flow) else { continue }
      let unused = NodeRemoval.apply(cut, to: flow, of: &document)
      guard !unused.isEmpty,
        let (place, id, ports) = NodeRemoval.ports(of: unused, into: flow, of: document)
      else { continue }
      waiting[place, default: Cut()].ports[id, default: []].formUnion(ports)
      // The flow around it may have been cut already, by nodes of its own.
      seen.remove(place)
    }
    document.removeFlows(inner)
  }

  /// - Returns: the ids of the removed bindings.
  private static func apply(_ cut: Cut, to flow: Int, of document: inout PipelineDocument)
    -> Set<String>
  {
    document.updateFlow(flow) { flow in
      let before = BindingUse(flow)
      func isCut(_ link: JSONValue) -> Bool {
        guard let source = link["node_id_ref"]?.string else { return false }
        if cut.nodes.contains(source) { return true }
        guard let ports = cut.ports[source], let port = link["port_id_ref"]?.string else {
          return false
        }
        return ports.contains(port)
      }
      func clear(_ nodes: inout [JSONValue]) {
        nodes.removeAll { $0["id"]?.string.map(cut.nodes.contains) ?? false }
        for place in nodes.indices {
          if let id = nodes[place]["id"]?.string, let ports = cut.ports[id] {
            nodes[place].updateObject { NodeRemoval.remove(ports, from: &$0) }
          }
          PipelineLinks.remove(from: &nodes[place], where: isCut)
        }
      }
      flow.update("nodes") { $0.updateArray(clear) }
      PipelineComments.detach(cut.nodes, in: &flow)
      let unused = before.unused(after: BindingUse(flow)).subtracting(cut.nodes)
      if !unused.isEmpty {
        flow.update("nodes") { nodes in
          nodes.updateArray { $0.removeAll { $0["id"]?.string.map(unused.contains) ?? false } }
        }
        PipelineComments.detach(unused, in: &flow)
      }
      return unused.union(cut.bindings)
    }
  }

  private static func remove(_ ports: Set<String>, from node: inout JSONObject) {
    for name in ["inputs", "outputs"] where node[name]?.array != nil {
      node.update(name) { list in
        list.updateArray { $0.removeAll { $0["id"]?.string.map(ports.contains) ?? false } }
      }
    }
  }

  /// The super node around a flow and its ports that lead to bindings.
  private static func ports(
    of bindings: Set<String>, into flow: Int, of document: PipelineDocument
  ) -> (flow: Int, node: String, ports: Set<String>)? {
    guard let holder = document.holder(of: document.flows[flow]["id"]?.string ?? "") else {
      return nil
    }
    let node = document.node(at: holder)
    let ports = ["inputs", "outputs"].flatMap { node[$0]?.array ?? [] }
      .filter { $0["subflow_node_ref"]?.string.map(bindings.contains) ?? false }
      .compactMap { $0["id"]?.string }
    guard let id = node["id"]?.string, !ports.isEmpty else { return nil }
    return (holder.flow, id, Set(ports))
  }
}

/// How many links each binding of a flow has.
private struct BindingUse {
  private var counts: [String: Int] = [:]

  init(_ flow: JSONObject) {
    let nodes = flow["nodes"]?.array ?? []
    for node in nodes where node["type"]?.string == "binding" {
      if let id = node["id"]?.string { counts[id] = 0 }
    }
    guard !counts.isEmpty else { return }
    for node in nodes {
      for link in PipelineLinks.all(of: node) {
        if let source = link["node_id_ref"]?.string { counts[source]? += 1 }
        if let id = node["id"]?.string { counts[id]? += 1 }
      }
    }
  }

  /// The bindings that had links before, and have none afterwards.
  func unused(after: BindingUse) -> Set<String> {
    Set(counts.filter { $0.value > 0 && after.counts[$0.key] == 0 }.keys)
  }
}

import JSONCore

extension PipelineDocument {
  /// Makes a node depend on another one; does nothing if it already does.
  ///
  /// A super node stands for its content: without a port, all nodes inside that wait for nothing
  /// else there wait for the source, and the target waits for all nodes inside for which nothing
  /// else there waits. Ports and bindings that are missing for that are created.
  ///
  /// - Parameters:
  ///   - source: the node that runs first.
  ///   - target: the node that waits for it, in the same flow.
  ///   - sourcePort: the port of the source; by default its first output.
  ///   - targetPort: the port of the target; by default its first input.
  ///   - id: the link's id; by default a new one.
  /// - Returns: the ids of the new links.
  /// - Throws: ``PipelineError`` when one of them does not exist or has no such port, they are in
  ///   different flows, or both are the same.
  @discardableResult
  public mutating func connect(
    _ source: String, to target: String, sourcePort: String? = nil, targetPort: String? = nil,
    id: String? = nil
  ) throws(PipelineError) -> [String] {
    let (from, to) = (try place(of: source), try place(of: target))
    guard source != target else {
      throw PipelineError(.cycle, "the node '\(source)' cannot wait for itself")
    }
    guard from.flow == to.flow else {
      throw PipelineError(
        .invalidValue, "'\(source)' and '\(target)' are not in the same flow of the pipeline")
    }
    var seen: Set<String> = []
    let outputs = try ports(of: source, isInput: false, named: sourcePort, &seen, depth: 0)
    seen = []
    let inputs = try ports(of: target, isInput: true, named: targetPort, &seen, depth: 0)
    var links: [String] = []
    for input in inputs {
      for output in outputs {
        let new = links.isEmpty ? id : nil
        if let link = try link(source, output, to: target, input, id: new) { links.append(link) }
      }
    }
    return links
  }

  /// Adds a link between two ports; returns nil if there is one already.
  mutating func link(
    _ source: String, _ output: String, to target: String, _ input: String, id: String?
  ) throws(PipelineError) -> String? {
    let id = id ?? PipelineID.new()
    let link: JSONValue = [
      "id": .init(id), "node_id_ref": .init(source), "port_id_ref": .init(output),
    ]
    var isNew = false
    try updateNode(target) { node in
      let links = (node["inputs"]?.array ?? []).filter { port in
        node["type"]?.string != "super_node" || port["id"]?.string == input
      }.flatMap { $0["links"]?.array ?? [] }
      if links.contains(where: {
        $0["node_id_ref"]?.string == source && ($0["port_id_ref"]?.string ?? output) == output
      }) {
        return
      }
      isNew = true
      node.update("inputs") { ports in
        ports.updateArray { ports in
          let place = ports.firstIndex { $0["id"]?.string == input } ?? 0
          if ports.isEmpty { ports.append(PipelineID.port(input, "Input Port")) }
          ports[place].updateObject { $0.update("links") { $0.updateArray { $0.append(link) } } }
        }
      }
    }
    return isNew ? id : nil
  }

  /// The ports of a node at which a link can begin or end.
  private mutating func ports(
    of id: String, isInput: Bool, named name: String?, _ seen: inout Set<String>, depth: Int
  ) throws(PipelineError) -> [String] {
    let node = node(at: try place(of: id))
    let ports = (node[isInput ? "inputs" : "outputs"]?.array ?? []).compactMap { $0["id"]?.string }
    if let name {
      guard ports.contains(name) else {
        let side = isInput ? "input" : "output"
        throw PipelineError(
          .noSuchNode,
          "the node '\(id)' has no \(side) '\(name)'"
            + (ports.isEmpty ? "" : "; it has \(ports.map { "'\($0)'" }.joined(separator: ", "))"))
      }
      return [name]
    }
    switch node["type"]?.string {
    case "execution_node": return [ports.first ?? (isInput ? "inPort" : "outPort")]
    case "binding":
      guard let first = ports.first else {
        throw PipelineError(
          .invalidValue,
          isInput
            ? "'\(id)' passes on what comes into the super node, so nothing can lead to it"
            : "'\(id)' passes on what goes out of the super node, so nothing can come from it")
      }
      return [first]
    case "super_node":
      let flow = node["subflow_ref"]?["pipeline_id_ref"]?.string ?? ""
      guard seen.insert(flow).inserted, depth < PipelineDocument.deepestSuperNode else {
        throw PipelineError(
          .invalidValue, "the super nodes are nested too deeply, or contain themselves")
      }
      return try superPorts(of: id, flow: flow, isInput: isInput, &seen, depth: depth)
    default:
      throw PipelineError(.invalidValue, "'\(id)' is not a node that runs something")
    }
  }

  /// With super nodes nested more deeply than this, ports must exist to be connected.
  private static var deepestSuperNode: Int { 100 }

  /// The ports of a super node for its first or last nodes, which are created if necessary.
  private mutating func superPorts(
    of id: String, flow: String, isInput: Bool, _ seen: inout Set<String>, depth: Int
  ) throws(PipelineError) -> [String] {
    let nodes = flows[try flowPlace(flow)]["nodes"]?.array ?? []
    let bindings = Set(
      nodes.filter { $0["type"]?.string == "binding" }.compactMap { $0["id"]?.string })
    var waiting: Set<String> = []
    var awaited: Set<String> = []
    for node in nodes {
      guard let id = node["id"]?.string, !bindings.contains(id) else { continue }
      for link in PipelineLinks.all(of: node) {
        guard let source = link["node_id_ref"]?.string, !bindings.contains(source) else {
          continue
        }
        waiting.insert(id)
        awaited.insert(source)
      }
    }
    let others = isInput ? waiting : awaited
    let ends = nodes.compactMap { $0["id"]?.string }.filter {
      !bindings.contains($0) && !others.contains($0)
    }
    guard !ends.isEmpty else {
      throw PipelineError(
        .invalidValue, "the super node '\(id)' has no nodes that could be connected")
    }
    var result: [String] = []
    for end in ends {
      for port in try ports(of: end, isInput: isInput, named: nil, &seen, depth: depth + 1) {
        result.append(try superPort(of: id, flow: flow, to: end, port, isInput: isInput))
      }
    }
    return result
  }

  /// The port of a super node for a port of a node inside, which is created if necessary.
  private mutating func superPort(
    of id: String, flow: String, to inner: String, _ port: String, isInput: Bool
  ) throws(PipelineError) -> String {
    let name = "\(inner)_\(port)"
    let side = isInput ? "inputs" : "outputs"
    let ports = node(at: try place(of: id))[side]?.array ?? []
    if ports.contains(where: { $0["id"]?.string == name }) { return name }
    let place = try flowPlace(flow)
    let node = node(at: try self.place(of: inner))
    let canvas = PipelinePoint(node["app_data"]?["ui_data"]) ?? PipelinePoint(x: 200, y: 40)
    let binding = SuperNodeTemplate.binding(
      for: name, isEntry: isInput,
      at: PipelinePoint(x: canvas.x + (isInput ? -200 : 200), y: canvas.y))
    let bindingID = binding["id"]?.string ?? ""
    updateFlow(place) { flow in flow.update("nodes") { $0.updateArray { $0.append(binding) } } }
    places = nil
    if isInput {
      _ = try link(bindingID, "output_\(name)", to: inner, port, id: nil)
    } else {
      _ = try link(inner, port, to: bindingID, "input_\(name)", id: nil)
    }
    let new = SuperNodeTemplate.port(name, binding: bindingID)
    try updateNode(id) { node in node.update(side) { $0.updateArray { $0.append(new) } } }
    return name
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

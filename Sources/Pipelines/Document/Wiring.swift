/// A fault of ids or links.
enum WiringFault: Sendable, Hashable {
  /// Two nodes have the same id, or a node has none.
  case duplicateID(node: String, label: String)
  case missingID(place: String, label: String)
  /// A link's source node does not exist.
  case danglingLink(node: String, label: String, source: String)
  /// A link's source port of a super node is not connected to anything.
  case danglingPort(node: String, label: String, source: String, port: String)
  /// The pipeline of a super node is not in the file.
  case missingFlow(node: String, label: String, flow: String)
  /// The pipeline of a super node is also used by another one, or contains the super node itself.
  case sharedFlow(node: String, label: String, flow: String)
}

/// Collects the nodes of all flows into one list, and determines their dependencies.
///
/// Links lead through super nodes: into one through the binding that its input port names, out of
/// one through the binding that its output port names. Nothing here is recursive, because files may
/// be from anywhere and nest super nodes to any depth.
struct Wiring {
  private(set) var flows: [PipelineFlow]
  private(set) var nodes: [PipelineNode] = []
  private(set) var faults: [WiringFault] = []

  /// The place of a node.
  private struct Place: Hashable {
    var flow: Int
    var node: Int
  }

  private var flowPlaces: [String: Int] = [:]
  /// The nodes of each flow by id; the first of several with the same id.
  private var nodePlaces: [[String: Int]] = []
  /// The first node with an id in all flows.
  private var anyPlaces: [String: Place] = [:]
  private var toldFaults: Set<WiringFault> = []
  /// The super node of each flow.
  private var holders: [Int: Place] = [:]

  init(_ flows: [PipelineFlow], primary: Int) {
    self.flows = flows
    for (place, flow) in flows.enumerated() where flowPlaces[flow.id] == nil {
      flowPlaces[flow.id] = place
    }
    nodePlaces = flows.map { flow in
      Dictionary(
        flow.nodes.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    }
    for (flow, content) in flows.enumerated() {
      for (node, content) in content.nodes.enumerated() where anyPlaces[content.id] == nil {
        anyPlaces[content.id] = Place(flow: flow, node: node)
      }
    }
    let order = flatten(from: primary)
    checkIDs(order)
    for place in order { resolveParents(of: place) }
    nodes = order.map { self.flows[$0.flow].nodes[$0.node] }.filter(\.isExecutable)
  }

  /// All nodes reachable from the primary flow, super nodes followed by their content.
  private mutating func flatten(from primary: Int) -> [Place] {
    var order: [Place] = []
    var seen: Set<Int> = [primary]
    var stack = [Place(flow: primary, node: 0)]
    while var next = stack.popLast() {
      guard flows[next.flow].nodes.indices.contains(next.node) else { continue }
      let place = next
      next.node += 1
      stack.append(next)
      order.append(place)
      let node = flows[place.flow].nodes[place.node]
      guard case .superNode(let id) = node.kind else { continue }
      guard let inner = flowPlaces[id] else {
        faults.append(.missingFlow(node: node.id, label: node.label, flow: id))
        continue
      }
      guard seen.insert(inner).inserted else {
        faults.append(.sharedFlow(node: node.id, label: node.label, flow: id))
        continue
      }
      holders[inner] = place
      stack.append(Place(flow: inner, node: 0))
    }
    return order
  }

  private mutating func checkIDs(_ order: [Place]) {
    var seen: Set<String> = []
    var reported: Set<String> = []
    for place in order {
      let node = flows[place.flow].nodes[place.node]
      if node.id.isEmpty {
        faults.append(
          .missingID(place: "pipelines[\(place.flow)].nodes[\(place.node)]", label: node.label))
      } else if !seen.insert(node.id).inserted, reported.insert(node.id).inserted {
        faults.append(.duplicateID(node: node.id, label: node.label))
      }
    }
  }

  private mutating func resolveParents(of place: Place) {
    let node = flows[place.flow].nodes[place.node]
    guard node.isExecutable else {
      // Links through super nodes and bindings are followed from their targets.
      for link in node.links where source(link, seenFrom: place.flow) == nil {
        tell(.danglingLink(node: node.id, label: node.label, source: link.node))
      }
      return
    }
    var parents: [String] = []
    var seen: Set<String> = []
    for link in node.links {
      for id in sources(of: link, in: place) where seen.insert(id).inserted { parents.append(id) }
    }
    flows[place.flow].nodes[place.node].parents = parents
  }

  /// The executable nodes from which a link comes.
  private mutating func sources(of link: PipelineLink, in place: Place) -> [String] {
    var result: [String] = []
    /// The super nodes and bindings visited, each with the port of entry.
    struct Passage: Hashable {
      var place: Place
      var port: String?
    }
    var seen: Set<Passage> = []
    var stack = [(link: link, at: place)]
    while let (link, at) = stack.popLast() {
      let consumer = flows[at.flow].nodes[at.node]
      guard let found = source(link, seenFrom: at.flow) else {
        let fault = WiringFault.danglingLink(
          node: consumer.id, label: consumer.label, source: link.node)
        tell(fault)
        continue
      }
      let source = flows[found.flow].nodes[found.node]
      switch source.kind {
      case .superNode(let id):
        guard seen.insert(Passage(place: found, port: link.port)).inserted else {
          continue
        }
        guard let inner = flowPlaces[id], holders[inner] == found else { continue }
        guard let next = leaving(source, by: link.port, into: inner) else {
          let fault = WiringFault.danglingPort(
            node: consumer.id, label: consumer.label, source: source.label,
            port: link.port ?? "")
          tell(fault)
          continue
        }
        switch next {
        case .node(let id): result.append(id)
        case .binding(let binding):
          let links = flows[inner].nodes[binding].links
          stack += links.reversed().map { ($0, Place(flow: inner, node: binding)) }
        }
      case .binding:
        guard seen.insert(Passage(place: found, port: link.port)).inserted else { continue }
        // Leave the flow: continue with the super node's ports that name this binding.
        guard let holder = holders[found.flow] else { continue }
        let outer = flows[holder.flow].nodes[holder.node]
        let links = outer.ports.filter {
          $0.isInput && ($0.binding == source.id || ($0.binding == nil && $0.id == link.port))
        }.flatMap(\.links)
        stack += links.reversed().map { ($0, holder) }
      case .notebook, .pythonScript, .rScript, .script, .component, .unknown:
        result.append(source.id)
      }
    }
    return result
  }

  /// The node that a link names: in the same flow, or else anywhere.
  private func source(_ link: PipelineLink, seenFrom flow: Int) -> Place? {
    if let node = nodePlaces[flow][link.node] { return Place(flow: flow, node: node) }
    return anyPlaces[link.node]
  }

  private mutating func tell(_ fault: WiringFault) {
    if toldFaults.insert(fault).inserted { faults.append(fault) }
  }

  private enum Exit {
    case node(String)
    case binding(Int)
  }

  /// The target inside a super node to which a port leads.
  private func leaving(_ node: PipelineNode, by port: String?, into flow: Int) -> Exit? {
    let outputs = node.ports.filter { !$0.isInput }
    let found = outputs.first { $0.id == port } ?? (outputs.count == 1 ? outputs.first : nil)
    if let id = found?.binding, let binding = nodePlaces[flow][id] { return .binding(binding) }
    // Elyra's editor names ports by the inner node's id and `_outPort`.
    let suffix = "_outPort"
    if let port, port.hasSuffix(suffix) {
      let id = String(port.dropLast(suffix.count))
      if let inner = nodePlaces[flow][id], flows[flow].nodes[inner].isExecutable {
        return .node(id)
      }
    }
    return nil
  }
}

/// Finds the links of a document that are part of a cycle.
///
/// Links are followed through super nodes by their ports, so that a super node whose nodes run
/// before and after another one is no cycle.
struct LinkCycles {
  /// For each entry of the table whether it is part of a cycle.
  let isInCycle: [Bool]

  init(_ pipeline: Pipeline, _ table: LinkTable) {
    var places: [Vertex: Int] = [:]
    func place(_ vertex: Vertex) -> Int {
      if let place = places[vertex] { return place }
      places[vertex] = places.count
      return places.count - 1
    }
    let holders = Dictionary(
      pipeline.flows.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    var edges: [(from: Int, to: Int)] = []
    var superNodes: [[String: PipelineNode]] = []
    for flow in pipeline.flows {
      var found: [String: PipelineNode] = [:]
      for node in flow.nodes {
        guard case .superNode(let inner) = node.kind, let inner = holders[inner] else { continue }
        if found[node.id] == nil { found[node.id] = node }
        for port in node.ports {
          let outside = place(Vertex(flow: superNodes.count, node: node.id, port: port.key))
          guard let binding = port.binding else { continue }
          let inside = place(Vertex(flow: inner, node: binding, port: nil))
          edges.append(port.isInput ? (outside, inside) : (inside, outside))
        }
      }
      superNodes.append(found)
    }
    let ends = table.entries.map { link -> (from: Int, to: Int)? in
      guard link.port != nil else { return nil }
      let known = superNodes[link.flow]
      let from = known[link.source].map { node in
        let outputs = node.ports.filter { !$0.isInput }
        return (outputs.first { $0.id == link.sourcePort } ?? outputs.first)?.key ?? "?"
      }
      let to = known[link.target] == nil ? nil : "i\(link.targetPort ?? "")"
      return (
        place(Vertex(flow: link.flow, node: link.source, port: from)),
        place(Vertex(flow: link.flow, node: link.target, port: to))
      )
    }
    edges += ends.compactMap(\.self)
    var parents = [[Int]](repeating: [], count: places.count)
    for edge in edges { parents[edge.to].append(edge.from) }
    var component = [Int](repeating: 0, count: places.count)
    var sizes: [Int] = []
    for members in GraphEdges(parents: parents).components {
      for member in members { component[member] = sizes.count }
      sizes.append(members.count)
    }
    isInCycle = ends.map { ends in
      guard let ends, component[ends.from] == component[ends.to] else { return false }
      return sizes[component[ends.from]] > 1 || ends.from == ends.to
    }
  }

  /// A node, or a port of a super node.
  private struct Vertex: Hashable {
    var flow: Int
    var node: String
    var port: String?
  }
}

extension PipelinePort {
  /// Its id and side.
  fileprivate var key: String { (isInput ? "i" : "o") + id }
}

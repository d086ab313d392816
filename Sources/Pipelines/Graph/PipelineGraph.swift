/// The executable nodes of a pipeline, and their dependencies.
///
/// Super nodes are replaced by their content, also nested ones. Nodes are in the order in which
/// Elyra runs them one after another: each after its parents, otherwise as in the file. So a node's
/// parents always come before it.
public struct PipelineGraph: Sendable {
  /// The nodes, parents first.
  public let nodes: [PipelineNode]

  /// For each node the places of its parents, in the order of its links.
  public let parents: [[Int]]

  /// For each node the places of its children, in ascending order.
  public let children: [[Int]]

  private let places: [String: Int]

  /// Creates the graph of a pipeline, in time proportional to nodes and links.
  ///
  /// - Throws: ``PipelineError`` when two nodes have the same id, a link's source or a super node's
  ///   pipeline does not exist, or the dependencies of nodes form a cycle, whose path is in the
  ///   message.
  public init(_ pipeline: Pipeline) throws(PipelineError) {
    if let fault = pipeline.wiringFaults.first { throw fault.error }
    let edges = GraphEdges(pipeline.executableNodes)
    if let unknown = edges.unknownParents.first {
      let node = pipeline.executableNodes[unknown.node]
      throw WiringFault.danglingLink(node: node.id, label: node.label, source: unknown.parent).error
    }
    if let cycle = edges.cycles.first {
      throw PipelineError(
        .cycle,
        "these nodes form a cycle: "
          + GraphEdges.path(cycle.map { pipeline.executableNodes[$0].label })
          + "; remove one of these links")
    }
    let order = edges.order
    var place = [Int](repeating: 0, count: order.count)
    for (new, old) in order.enumerated() { place[old] = new }
    nodes = order.map { pipeline.executableNodes[$0] }
    parents = order.map { edges.parents[$0].map { place[$0] } }
    var children = [[Int]](repeating: [], count: order.count)
    for (node, parents) in parents.enumerated() {
      for parent in parents { children[parent].append(node) }
    }
    self.children = children
    places = Dictionary(
      nodes.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The place of the node with an id; nil if there is none.
  public func place(of id: String) -> Int? { places[id] }

  /// The places of all nodes that must run before these, without these, in ascending order.
  public func ancestors(of places: some Sequence<Int>) -> [Int] { reached(places, by: parents) }

  /// The places of all nodes that depend on these, directly or not, without these, in ascending
  /// order.
  public func descendants(of places: some Sequence<Int>) -> [Int] { reached(places, by: children) }

  /// For each node the length of the longest path to it from a node without parents, which has 0.
  public var levels: [Int] {
    var levels = [Int](repeating: 0, count: nodes.count)
    for node in nodes.indices {
      for parent in parents[node] { levels[node] = max(levels[node], levels[parent] + 1) }
    }
    return levels
  }

  private func reached(_ places: some Sequence<Int>, by edges: [[Int]]) -> [Int] {
    var isReached = [Bool](repeating: false, count: nodes.count)
    let start = places.filter { nodes.indices.contains($0) }
    var stack = start
    while let place = stack.popLast() {
      for next in edges[place] where !isReached[next] {
        isReached[next] = true
        stack.append(next)
      }
    }
    for place in start { isReached[place] = false }
    return nodes.indices.filter { isReached[$0] }
  }
}

extension WiringFault {
  /// The fault as an error.
  var error: PipelineError {
    switch self {
    case .duplicateID(let node, _):
      PipelineError(.duplicateID, "two nodes have the id '\(node)'")
    case .missingID(let place, let label):
      PipelineError(.notPipeline, "the node '\(label)' has no id", place: place)
    case .danglingLink(_, let label, let source):
      PipelineError(
        .danglingLink, "a link of '\(label)' comes from node '\(source)', which does not exist")
    case .danglingPort(_, let label, let source, let port):
      PipelineError(
        .danglingLink,
        "a link of '\(label)' comes from port '\(port)' of '\(source)', which leads to no node")
    case .missingFlow(_, let label, let flow):
      PipelineError(
        .danglingLink,
        "the super node '\(label)' refers to pipeline '\(flow)', which is not in the file")
    case .sharedFlow(_, let label, let flow):
      PipelineError(
        .duplicateID,
        "the super node '\(label)' refers to pipeline '\(flow)', which another super node uses "
          + "or which contains it")
    }
  }
}

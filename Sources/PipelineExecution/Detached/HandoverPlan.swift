/// The nodes of a run that Slurm is given as a whole, and what each waits for: a value without I/O.
struct HandoverPlan: Sendable, Hashable {
  /// A node.
  struct Node: Sendable, Hashable {
    /// Its place in the pipeline's graph.
    var place: Int
    /// The places in the plan of the nodes that have to succeed before it.
    var needed: [Int] = []
    /// The places in the plan of the nodes that have to end before it, because they write the same
    /// file.
    var awaited: [Int] = []

    /// Whether it waits for no other node.
    var isFirst: Bool { needed.isEmpty && awaited.isEmpty }
  }

  /// The nodes, those that others wait for first.
  let nodes: [Node]

  /// Plans a run.
  ///
  /// - Parameters:
  ///   - parents: for each node of the graph the nodes that it depends on, all with lower numbers.
  ///   - selection: the nodes to run; nil for all. A node behind one that does not run waits for
  ///     what that one would wait for.
  ///   - claims: for each node what it needs exclusively while it runs.
  init(parents: [[Int]], selection: Set<Int>?, claims: [[String]]) {
    var nodes: [Node] = []
    // What waiting for a node of the graph means in the plan.
    var meaning: [[Int]] = []
    var holders: [String: [Int]] = [:]
    for place in parents.indices {
      let needed = Set(parents[place].flatMap { meaning[$0] }).sorted()
      guard selection?.contains(place) ?? true else {
        meaning.append(needed)
        continue
      }
      meaning.append([nodes.count])
      var awaited: Set<Int> = []
      for claim in claims.indices.contains(place) ? claims[place] : [] {
        awaited.formUnion(holders[claim, default: []])
        holders[claim, default: []].append(nodes.count)
      }
      nodes.append(
        Node(
          place: place, needed: needed, awaited: awaited.subtracting(needed).sorted()))
    }
    self.nodes = nodes
  }
}

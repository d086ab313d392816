/// Nodes by their places in a list, and the edges between them; cycles are allowed.
struct GraphEdges {
  /// For each node the places of its parents, in the order of its links.
  let parents: [[Int]]

  /// Parents that are not in the list.
  let unknownParents: [(node: Int, parent: String)]

  init(_ nodes: [PipelineNode]) {
    let places = Dictionary(
      nodes.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    var unknown: [(node: Int, parent: String)] = []
    parents = nodes.enumerated().map { place, node in
      node.parents.compactMap { id in
        if let parent = places[id] { return parent }
        unknown.append((place, id))
        return nil
      }
    }
    unknownParents = unknown
  }

  init(parents: [[Int]]) {
    self.parents = parents
    unknownParents = []
  }

  /// The nodes in Elyra's order: depth first in the order of the list, parents in the order of the
  /// links, each node after its parents.
  var order: [Int] {
    var order: [Int] = []
    order.reserveCapacity(parents.count)
    var isSeen = [Bool](repeating: false, count: parents.count)
    var stack: [(node: Int, next: Int)] = []
    for start in parents.indices where !isSeen[start] {
      isSeen[start] = true
      stack.append((start, 0))
      while let (node, next) = stack.last {
        guard next < parents[node].count else {
          order.append(node)
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].next += 1
        let parent = parents[node][next]
        if !isSeen[parent] {
          isSeen[parent] = true
          stack.append((parent, 0))
        }
      }
    }
    return order
  }

  /// One cycle of each group of nodes that wait for each other, in the direction of the links,
  /// without repeating the first node at the end.
  var cycles: [[Int]] {
    components.compactMap { component in
      guard let first = component.first else { return nil }
      if component.count == 1 { return parents[first].contains(first) ? [first] : nil }
      return shortestCycle(through: first, within: Set(component))
    }
  }

  /// The shortest path from a node back to itself, found breadth first along the parents.
  private func shortestCycle(through start: Int, within component: Set<Int>) -> [Int]? {
    var cameFrom: [Int: Int] = [:]
    var queue = [start]
    var head = 0
    while head < queue.count {
      let node = queue[head]
      head += 1
      for parent in parents[node] where component.contains(parent) {
        if parent == start {
          // From the parent in the direction of the links: `node` waits for `start`, …
          var path = [start, node]
          var last = node
          while let before = cameFrom[last], before != start {
            path.append(before)
            last = before
          }
          return node == start ? [start] : path
        }
        if cameFrom[parent] == nil {
          cameFrom[parent] = node
          queue.append(parent)
        }
      }
    }
    return nil
  }

  /// The strongly connected components (Tarjan's algorithm, without recursion), each in the order
  /// of the list, sorted by their first nodes.
  var components: [[Int]] {
    let count = parents.count
    var number = [Int](repeating: -1, count: count)
    var low = [Int](repeating: 0, count: count)
    var isOnStack = [Bool](repeating: false, count: count)
    var open: [Int] = []
    var result: [[Int]] = []
    var counter = 0
    for start in parents.indices where number[start] < 0 {
      var calls: [(node: Int, next: Int)] = [(start, 0)]
      while let (node, next) = calls.last {
        if next == 0 {
          number[node] = counter
          low[node] = counter
          counter += 1
          open.append(node)
          isOnStack[node] = true
        }
        if next < parents[node].count {
          calls[calls.count - 1].next += 1
          let parent = parents[node][next]
          if number[parent] < 0 {
            calls.append((parent, 0))
          } else if isOnStack[parent] {
            low[node] = min(low[node], number[parent])
          }
          continue
        }
        calls.removeLast()
        if let caller = calls.last { low[caller.node] = min(low[caller.node], low[node]) }
        guard low[node] == number[node] else { continue }
        var component: [Int] = []
        while let last = open.popLast() {
          isOnStack[last] = false
          component.append(last)
          if last == node { break }
        }
        result.append(component.sorted())
      }
    }
    return result.sorted { ($0.first ?? 0) < ($1.first ?? 0) }
  }

  /// A cycle as a text: `a → b → a`.
  static func path(_ labels: [String]) -> String {
    guard let first = labels.first else { return "" }
    let shown =
      labels.count <= 12
      ? labels : labels.prefix(6) + ["… \(labels.count - 11) more …"] + labels.suffix(5)
    return (shown + [first]).joined(separator: " → ")
  }
}

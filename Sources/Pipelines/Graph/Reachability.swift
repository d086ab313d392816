/// Determines which nodes come before others, on demand.
///
/// Parents are checked first, because most questions are about them. For the others every node gets
/// a row of bits, one for each node before it, computed in one pass in the graph's order.
struct Reachability {
  /// With more nodes than this the rows would take too much memory, and each question is answered
  /// by a search.
  private static let largestTable = 20_000

  private let edges: GraphEdges
  private var rows: [UInt64]?
  private let width: Int

  init(_ edges: GraphEdges) {
    self.edges = edges
    width = (edges.parents.count + 63) / 64
  }

  /// Whether one of two nodes comes before the other.
  mutating func isConnected(_ left: Int, _ right: Int) -> Bool {
    isAncestor(left, of: right) || isAncestor(right, of: left)
  }

  /// Whether a node comes before another one.
  mutating func isAncestor(_ ancestor: Int, of node: Int) -> Bool {
    if edges.parents[node].contains(ancestor) { return true }
    if edges.parents[node].isEmpty { return false }
    guard edges.parents.count <= Reachability.largestTable else {
      return search(ancestor, from: node)
    }
    if rows == nil { makeRows() }
    guard let rows else { return false }
    return rows[node * width + ancestor / 64] >> UInt64(ancestor % 64) & 1 == 1
  }

  /// In a graph with cycles some ancestors are missed; the cycles are reported anyway.
  private mutating func makeRows() {
    var rows = [UInt64](repeating: 0, count: width * edges.parents.count)
    for node in edges.order {
      for parent in edges.parents[node] {
        rows[node * width + parent / 64] |= 1 << UInt64(parent % 64)
        for word in 0..<width { rows[node * width + word] |= rows[parent * width + word] }
      }
    }
    self.rows = rows
  }

  private func search(_ ancestor: Int, from node: Int) -> Bool {
    var isSeen = [Bool](repeating: false, count: edges.parents.count)
    var stack = [node]
    while let next = stack.popLast() {
      for parent in edges.parents[next] where !isSeen[parent] {
        if parent == ancestor { return true }
        isSeen[parent] = true
        stack.append(parent)
      }
    }
    return false
  }
}

package import RunEvents

extension NodeResult {
  /// The chain of dependent nodes with the longest total duration.
  package static func criticalPath(_ nodes: [NodeResult], parents: [[Int]]) -> [Int] {
    var lengths = [Duration](repeating: .zero, count: nodes.count)
    var previous = [Int?](repeating: nil, count: nodes.count)
    for place in nodes.indices {
      for parent in parents[place] where lengths[parent] > lengths[place] {
        lengths[place] = lengths[parent]
        previous[place] = parent
      }
      lengths[place] += nodes[place].duration
    }
    guard let end = lengths.indices.max(by: { lengths[$0] < lengths[$1] }), lengths[end] > .zero
    else { return [] }
    var path: [Int] = []
    var next: Int? = end
    while let place = next {
      if nodes[place].duration > .zero { path.append(place) }
      next = previous[place]
    }
    return path.reversed()
  }
}

extension SubmittedNode {
  /// The tasks of an engine as nodes, parents first.
  ///
  /// Neither engine accepts a cycle, but an answer may have one: a task of it loses the parents behind it.
  ///
  /// - Parameters:
  ///   - tasks: the names of the tasks, in the engine's order; each counts once.
  ///   - labels: their labels, where they have others.
  ///   - parents: the names of the tasks that each depends on; those that are not there do not count.
  static func parentsFirst(
    _ tasks: [String], labels: [String: String], parents: [String: [String]]
  ) -> [SubmittedNode] {
    let known = Set(tasks)
    var ordered: [String] = []
    var seen: Set<String> = []
    // Without recursion: a chain may be long.
    for task in tasks {
      var open = [(name: task, isDone: false)]
      while let next = open.popLast() {
        if next.isDone {
          ordered.append(next.name)
        } else if seen.insert(next.name).inserted {
          open.append((next.name, true))
          open += (parents[next.name] ?? []).filter(known.contains).reversed().map { ($0, false) }
        }
      }
    }
    let places = Dictionary(uniqueKeysWithValues: ordered.enumerated().map { ($1, $0) })
    return ordered.enumerated().map { place, name in
      SubmittedNode(
        id: name, label: labels[name] ?? name, task: name,
        parents: (parents[name] ?? []).compactMap { places[$0] }.filter { $0 < place }.sorted())
    }
  }
}

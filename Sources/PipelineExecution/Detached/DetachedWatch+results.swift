extension DetachedWatch {
  /// What the nodes have left, as far as it was looked at.
  struct Findings: Sendable {
    /// How nodes ended, as they say themselves.
    var left: [Int: NodeOutcome] = [:]
    /// The places of the nodes that were looked at.
    var seen: Set<Int> = []
  }

  /// Whether to look at what a node has left: it leaves nothing before those that it needs have ended.
  func isReady(_ place: Int, _ nodes: [DetachedState.Node], _ findings: Findings) -> Bool {
    !findings.seen.contains(place) && !nodes[place].hasEnded
      && run.nodes[place].parents.allSatisfy { nodes[$0].hasEnded }
  }

  /// How many nodes are looked at together.
  private static let mostAtOnce = 8

  /// Looks at what some nodes have left, several at the same time.
  ///
  /// - Throws: ``DetachedProblem``: a `storage`.
  func look(_ places: [Int], _ findings: inout Findings) async throws(DetachedProblem) {
    typealias Look = (place: Int, found: Result<DetachedTraces, NodeStorageProblem>)
    let looks = await withTaskGroup(of: Look.self) { group in
      var looks: [Look] = []
      for (index, place) in places.enumerated() {
        if index >= DetachedWatch.mostAtOnce, let look = await group.next() { looks.append(look) }
        group.addTask { [results, hasStarted = started.contains(place)] in
          do throws(NodeStorageProblem) {
            return (place, .success(try await results.left(of: place, hasStarted: hasStarted)))
          } catch {
            return (place, .failure(error))
          }
        }
      }
      while let look = await group.next() { looks.append(look) }
      return looks
    }
    do throws(NodeStorageProblem) {
      for look in looks {
        let traces = try look.found.get()
        if traces.hasStarted { started.insert(look.place) }
        findings.left[look.place] = traces.ending.flatMap { run.outcome(of: look.place, $0) }
        findings.seen.insert(look.place)
      }
    } catch {
      throw DetachedProblem(.storage(isFinal: error.isFinal), error.description)
    }
  }
}

import SystemSupport

/// Estimates how long the rest of a run takes, from the usual durations of its nodes.
///
/// It repeats what ``Schedule`` does: ready nodes start in free slots, first those before the
/// longest chain.
package struct RunEstimate: Sendable {
  /// How far a node is.
  package enum Progress: Sendable, Hashable {
    /// It has not started.
    case waiting
    /// It has been running for this time.
    case running(Duration)
    /// It is not selected; nodes after it wait only for its parents.
    case skipped
    /// It has ended, or will not run.
    case over
  }

  private let parents: [[Int]]
  private let children: [[Int]]
  private let jobs: Int
  /// In seconds; for nodes without an earlier run that of a usual node.
  private let durations: [Double]
  private let isKnown: [Bool]
  private let ranks: [Double]

  /// Creates an estimate for a graph.
  ///
  /// - Parameters:
  ///   - parents: for each node the nodes that it waits for; only those with lower numbers count.
  ///   - usual: how long each node usually takes; nil if that is unknown.
  ///   - jobs: how many nodes run at once.
  package init(parents: [[Int]], usual: [Duration?], jobs: Int) {
    precondition(parents.count == usual.count)
    let parents = parents.enumerated().map { node, parents in
      Set(parents).filter { (0..<node).contains($0) }
    }
    var children = [[Int]](repeating: [], count: parents.count)
    for (node, parents) in parents.enumerated() {
      for parent in parents { children[parent].append(node) }
    }
    let known = usual.compactMap { $0?.totalSeconds }.sorted()
    let median = known.isEmpty ? 0 : known[known.count / 2]
    let durations = usual.map { max($0?.totalSeconds ?? median, 0) }
    var ranks = durations
    for node in children.indices.reversed() {
      ranks[node] += children[node].lazy.map { ranks[$0] }.max() ?? 0
    }
    self.parents = parents.map(Array.init)
    self.children = children
    self.jobs = max(jobs, 1)
    self.durations = durations
    self.ranks = ranks
    isKnown = usual.map { $0 != nil }
  }

  /// How long the rest of the run takes.
  ///
  /// - Parameter progress: the progress of each node.
  /// - Returns: nil if the durations of less than half of the rest are known.
  package func remaining(_ progress: [Progress]) -> Duration? {
    precondition(progress.count == parents.count)
    let rest = progress.indices.filter { progress[$0] != .over }
    let toRun = rest.filter { progress[$0] != .skipped }
    let known = toRun.count { isKnown[$0] }
    guard known > 0, 2 * known >= toRun.count else { return nil }
    var missing = parents.map { $0.count { progress[$0] != .over } }
    var ready = ReadyNodes(ranks: jobs > 1 ? ranks : ranks.map { _ in 0 })
    var running = RunningNodes()
    for node in rest {
      if case .running(let elapsed) = progress[node] {
        // A node that takes longer than usual may end at any time.
        running.insert(node, until: max(durations[node] - elapsed.totalSeconds, 0))
      } else if missing[node] == 0 {
        ready.insert(node)
      }
    }
    var now = 0.0
    while true {
      while running.count < jobs, let next = ready.popFirst() {
        running.insert(next, until: now + (progress[next] == .skipped ? 0 : durations[next]))
      }
      guard let (node, end) = running.popFirst() else { return .seconds(now) }
      now = end
      for child in children[node] {
        missing[child] -= 1
        if missing[child] == 0 { ready.insert(child) }
      }
    }
  }
}

/// The running nodes by the time of their end.
private struct RunningNodes {
  /// The last one ends first.
  private var nodes: [(node: Int, end: Double)] = []

  var count: Int { nodes.count }

  mutating func insert(_ node: Int, until end: Double) {
    let place = nodes.firstIndex { $0.end <= end } ?? nodes.count
    nodes.insert((node, end), at: place)
  }

  mutating func popFirst() -> (node: Int, end: Double)? { nodes.popLast() }
}

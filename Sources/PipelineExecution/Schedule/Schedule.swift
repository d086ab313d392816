/// Decides when each node of a pipeline runs: a value that takes results and returns actions.
///
/// Nodes are numbers, parents before their children. The cost of a step is proportional to the
/// links of its node, and to the logarithm of the number of ready nodes.
public struct Schedule: Sendable {
  /// The state of a node.
  public enum State: Sendable, Hashable {
    /// Waits for its parents, for a free slot, or for a node that uses the same file.
    case waiting
    /// Running.
    case running
    /// Failed, and waiting for the time of its next attempt.
    case delayed
    /// Succeeded.
    case succeeded
    /// Failed, without another attempt.
    case failed
    /// Will not run, because a node that it depends on failed.
    case blocked(by: Int)
    /// Not selected; nodes after it wait only for its parents.
    case deselected
    /// The run ended before it started.
    case notRun
  }

  /// How a node ended.
  public enum Ending: Sendable, Hashable {
    /// It succeeded.
    case succeeded
    /// It failed; another attempt may succeed or not.
    case failed(mayRetry: Bool)
  }

  /// An action to perform.
  public enum Action: Sendable, Hashable {
    /// Start the node; attempts are numbered from 1.
    case start(Int, attempt: Int)
    /// Call ``Schedule/delayIsOver(_:)`` for the node after the delay before its next attempt.
    case delay(Int)
    /// Report that the node will not run, because another one failed.
    case block(Int, by: Int)
  }

  /// The settings of a schedule.
  public struct Configuration: Sendable {
    /// How many nodes may run at once.
    public var jobs: Int
    /// Whether nodes that do not depend on a failed one still run.
    public var keepsGoing: Bool
    /// The nodes to run; nil for all.
    public var selection: Set<Int>?
    /// How often to retry each node; empty for never.
    public var retries: [Int]
    /// Nodes with a delay before another attempt.
    public var delayed: Set<Int>
    /// The resources that each node needs exclusively while it runs, such as files that it writes;
    /// empty for none.
    public var claims: [[String]]
    /// The expected duration of each node, in any unit; empty if all are equal.
    public var weights: [Double]

    /// Creates the default settings: run all nodes one after another, and stop at the first
    /// failure.
    public init(
      jobs: Int = 1, keepsGoing: Bool = false, selection: Set<Int>? = nil, retries: [Int] = [],
      delayed: Set<Int> = [], claims: [[String]] = [], weights: [Double] = []
    ) {
      self.jobs = jobs
      self.keepsGoing = keepsGoing
      self.selection = selection
      self.retries = retries
      self.delayed = delayed
      self.claims = claims
      self.weights = weights
    }
  }

  /// The state of every node.
  public private(set) var states: [State]

  /// The number of running nodes.
  public private(set) var runningCount = 0

  /// The number of nodes waiting for their next attempt; they occupy no slot and hold no claim.
  public private(set) var delayedCount = 0

  private let children: [[Int]]
  private let configuration: Configuration
  /// The number of parents that each node still waits for.
  private var missing: [Int]
  private var attempts: [Int]
  private var ready: ReadyNodes
  /// The node that holds each claim.
  private var holders: [String: Int] = [:]
  /// The nodes that are ready but wait for a claim.
  private var parked: [String: [Int]] = [:]
  private var isEnding = false

  /// Creates a schedule for a graph.
  ///
  /// - Parameters:
  ///   - parents: for each node the nodes that it waits for, all with lower numbers.
  ///   - configuration: the settings.
  public init(parents: [[Int]], configuration: Configuration = .init()) {
    precondition(
      parents.enumerated().allSatisfy { node, parents in parents.allSatisfy { $0 < node } },
      "parents come before their children")
    let parents = parents.map { Array(Set($0)) }
    var children = [[Int]](repeating: [], count: parents.count)
    for (node, parents) in parents.enumerated() {
      for parent in parents { children[parent].append(node) }
    }
    self.children = children
    self.configuration = configuration
    missing = parents.map(\.count)
    attempts = [Int](repeating: 0, count: parents.count)
    states = parents.indices.map { node in
      configuration.selection.map { $0.contains(node) } ?? true ? .waiting : .deselected
    }
    ready = ReadyNodes(
      ranks: Schedule.ranks(children, states, configuration))
  }

  /// With one job, nodes run in order of their numbers; with several, those before the longest
  /// chain run first.
  private static func ranks(
    _ children: [[Int]], _ states: [State], _ configuration: Configuration
  ) -> [Double] {
    guard configuration.jobs > 1 else { return [Double](repeating: 0, count: children.count) }
    var ranks = [Double](repeating: 0, count: children.count)
    for node in children.indices.reversed() {
      let own: Double
      if states[node] == .deselected {
        own = 0
      } else {
        own = configuration.weights.indices.contains(node) ? configuration.weights[node] : 1
      }
      ranks[node] = own + (children[node].lazy.map { ranks[$0] }.max() ?? 0)
    }
    return ranks
  }

  /// Whether no node is running and none will start.
  public var isOver: Bool {
    runningCount == 0 && delayedCount == 0 && (isEnding || ready.isEmpty)
  }

  /// Starts the run.
  public mutating func start() -> [Action] {
    for node in missing.indices where missing[node] == 0 && states[node] == .waiting {
      ready.insert(node)
    }
    // In ascending order, because released nodes have higher numbers.
    for node in missing.indices where missing[node] == 0 && states[node] == .deselected {
      release(node)
    }
    return startReady()
  }

  /// Processes the end of a running node.
  public mutating func ended(_ node: Int, _ ending: Ending) -> [Action] {
    guard states[node] == .running else { return [] }
    runningCount -= 1
    yieldClaims(node)
    var actions: [Action] = []
    switch ending {
    case .succeeded:
      states[node] = .succeeded
      release(node)
    case .failed(let mayRetry):
      let retries = configuration.retries.indices.contains(node) ? configuration.retries[node] : 0
      if mayRetry, attempts[node] <= retries, !isEnding {
        if configuration.delayed.contains(node) {
          states[node] = .delayed
          delayedCount += 1
          actions.append(.delay(node))
        } else {
          states[node] = .waiting
          ready.insert(node)
        }
      } else {
        states[node] = .failed
        if configuration.keepsGoing {
          actions = block(after: node)
        } else {
          end()
        }
      }
    }
    return actions + startReady()
  }

  /// Starts the next attempt of a node after its delay; no action if it is no longer delayed.
  public mutating func delayIsOver(_ node: Int) -> [Action] {
    guard states[node] == .delayed else { return [] }
    delayedCount -= 1
    states[node] = .waiting
    ready.insert(node)
    return startReady()
  }

  /// Starts no more nodes; running nodes continue, and delayed nodes have failed.
  public mutating func stop() { end() }

  private mutating func end() {
    isEnding = true
    for node in states.indices {
      switch states[node] {
      case .waiting: states[node] = .notRun
      case .delayed: states[node] = .failed
      default: break
      }
    }
    delayedCount = 0
  }

  /// Releases the nodes that wait for a node, also through nodes that are not selected.
  private mutating func release(_ node: Int) {
    var released = [node]
    while let next = released.popLast() {
      for child in children[next] {
        missing[child] -= 1
        guard missing[child] == 0 else { continue }
        if states[child] == .deselected {
          released.append(child)
        } else if states[child] == .waiting {
          ready.insert(child)
        }
      }
    }
  }

  private mutating func block(after failed: Int) -> [Action] {
    var actions: [Action] = []
    var reached: Set<Int> = []
    var stack = [failed]
    while let next = stack.popLast() {
      for child in children[next] where reached.insert(child).inserted {
        if case .blocked = states[child] { continue }
        if states[child] == .waiting {
          states[child] = .blocked(by: failed)
          actions.append(.block(child, by: failed))
        }
        stack.append(child)
      }
    }
    return actions.sorted { left, right in
      if case .block(let left, _) = left, case .block(let right, _) = right { return left < right }
      return false
    }
  }

  // MARK: Starting

  private mutating func startReady() -> [Action] {
    guard !isEnding else { return [] }
    var actions: [Action] = []
    while runningCount < max(configuration.jobs, 1), let node = ready.popFirst() {
      guard states[node] == .waiting else { continue }
      if let claim = claims(of: node).first(where: { holders[$0] != nil }) {
        parked[claim, default: []].append(node)
        continue
      }
      for claim in claims(of: node) { holders[claim] = node }
      states[node] = .running
      attempts[node] += 1
      runningCount += 1
      actions.append(.start(node, attempt: attempts[node]))
    }
    return actions
  }

  private func claims(of node: Int) -> [String] {
    configuration.claims.indices.contains(node) ? configuration.claims[node] : []
  }

  private mutating func yieldClaims(_ node: Int) {
    for claim in claims(of: node) where holders[claim] == node {
      holders[claim] = nil
      for waiting in parked.removeValue(forKey: claim) ?? [] { ready.insert(waiting) }
    }
  }
}

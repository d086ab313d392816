/// Which node of a pipeline runs when: a value that is told what happened, and says what to do.
///
/// Nodes are numbers, parents before their children. Every step costs time that grows with the
/// links of the node that it is about, and the logarithm of how many are ready.
public struct Schedule: Sendable {
  /// What is known of a node.
  public enum State: Sendable, Hashable {
    /// It waits: for its parents, for a free place, or for somebody who uses the same file.
    case waiting
    /// It runs.
    case running
    /// It failed, and waits for the time of its next attempt.
    case delayed
    /// It is done.
    case succeeded
    /// It failed, and is not tried again.
    case failed
    /// A node that it needs failed: it will not run.
    case blocked(by: Int)
    /// It is not to be run; those that wait for it wait for its parents only.
    case deselected
    /// The run ended before it.
    case notRun
  }

  /// How a node ended.
  public enum Ending: Sendable, Hashable {
    /// It did what it should.
    case succeeded
    /// It did not; another try may help or not.
    case failed(mayRetry: Bool)
  }

  /// What is to be done.
  public enum Action: Sendable, Hashable {
    /// Start the node; attempts count from 1.
    case start(Int, attempt: Int)
    /// Call ``Schedule/delayIsOver(_:)`` for the node once the time before its next attempt is over.
    case delay(Int)
    /// Say that the node will not run, because that other one failed.
    case block(Int, by: Int)
  }

  /// What a schedule is made for.
  public struct Configuration: Sendable {
    /// How many nodes may run at once.
    public var jobs: Int
    /// Whether nodes that do not need a failed one run all the same.
    public var keepsGoing: Bool
    /// Which nodes are to be run; nil for all.
    public var selection: Set<Int>?
    /// How often each node is tried again; empty for never.
    public var retries: [Int]
    /// Nodes that are not tried again at once.
    public var delayed: Set<Int>
    /// For each node what it must have for itself while it runs, such as files that it writes;
    /// empty for nothing.
    public var claims: [[String]]
    /// How long each node is expected to take, in any unit; empty for all the same.
    public var weights: [Double]

    /// One node after the other, all of them, until one fails.
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

  /// How many nodes run.
  public private(set) var runningCount = 0

  /// How many nodes wait for the time of their next attempt; they hold no place and no claim.
  public private(set) var delayedCount = 0

  private let children: [[Int]]
  private let configuration: Configuration
  /// How many parents each node still waits for.
  private var missing: [Int]
  private var attempts: [Int]
  private var ready: ReadyNodes
  /// Who has what for itself.
  private var holders: [String: Int] = [:]
  /// Who was ready and waits for something that another one has.
  private var parked: [String: [Int]] = [:]
  private var isEnding = false

  /// A schedule for a graph.
  ///
  /// - Parameters:
  ///   - parents: for each node the nodes that it waits for, all of them with a lower number.
  ///   - configuration: how it is to be run.
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

  /// With one job the order of the numbers; with several those first that most is waiting for.
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

  /// Whether nothing runs and nothing is going to.
  public var isOver: Bool {
    runningCount == 0 && delayedCount == 0 && (isEnding || ready.isEmpty)
  }

  /// Begins.
  public mutating func start() -> [Action] {
    for node in missing.indices where missing[node] == 0 && states[node] == .waiting {
      ready.insert(node)
    }
    // In rising order: what a node lets through has a higher number.
    for node in missing.indices where missing[node] == 0 && states[node] == .deselected {
      release(node)
    }
    return startReady()
  }

  /// A node that was started has ended.
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

  /// The time before a node's next attempt is over; nothing when it is not waited for any more.
  public mutating func delayIsOver(_ node: Int) -> [Action] {
    guard states[node] == .delayed else { return [] }
    delayedCount -= 1
    states[node] = .waiting
    ready.insert(node)
    return startReady()
  }

  /// Starts nothing any more; what runs goes on, and what waited for another attempt has failed.
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

  /// Lets those go on that waited for a node, through nodes that are not to be run.
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

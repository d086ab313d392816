import PipelineExecution
import RealKernels
import Testing

/// A run of a schedule in which nodes end in a random order.
private struct SimulatedRun {
  var order: [Int] = []
  var ended: Set<Int> = []
  var largest = 0
  var states: [Schedule.State] = []

  /// - Parameter check: called after every step with the schedule and the running nodes.
  init(
    _ parents: [[Int]], _ configuration: Schedule.Configuration, failing: Set<Int> = [],
    using random: inout some RandomNumberGenerator,
    check: (Schedule, [Int]) -> Void = { _, _ in }
  ) {
    var schedule = Schedule(parents: parents, configuration: configuration)
    var running: [Int] = []
    var actions = schedule.start()
    while true {
      for case .start(let node, _) in actions {
        order.append(node)
        running.append(node)
      }
      largest = max(largest, running.count)
      check(schedule, running)
      guard !running.isEmpty else { break }
      let node = running.remove(at: .random(in: running.indices, using: &random))
      ended.insert(node)
      actions = schedule.ended(
        node, failing.contains(node) ? .failed(mayRetry: true) : .succeeded)
    }
    #expect(schedule.isOver)
    states = schedule.states
  }
}

/// A random graph, parents before children.
private func randomGraph(
  nodes: Int, links: Double, using random: inout some RandomNumberGenerator
) -> [[Int]] {
  (0..<nodes).map { node in
    (0..<node).filter { _ in Double.random(in: 0..<1, using: &random) < links / Double(nodes) }
  }
}

private struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

@Suite("Schedule")
struct ScheduleTests {
  @Test("thousands of random graphs: every order respects the links, and no slot stays free")
  func randomGraphs() {
    for seed in 0..<2000 {
      var random = Seeded(state: UInt64(seed))
      let count = Int.random(in: 1...24, using: &random)
      let parents = randomGraph(
        nodes: count, links: .random(in: 0...6, using: &random), using: &random)
      let jobs = Int.random(in: 1...6, using: &random)
      var ended: Set<Int> = []
      var before: Set<Int> = []
      let run = SimulatedRun(parents, .init(jobs: jobs), using: &random) { schedule, running in
        let started = Set(parents.indices.filter { schedule.states[$0] != .waiting })
        ended = started.subtracting(running)
        for node in started.subtracting(before) {
          #expect(parents[node].allSatisfy(ended.contains), "graph \(seed), node \(node)")
        }
        before = started
        let couldRun = parents.indices.filter { node in
          schedule.states[node] == .waiting && parents[node].allSatisfy(ended.contains)
        }
        #expect(running.count <= jobs)
        #expect(running.count == jobs || couldRun.isEmpty, "graph \(seed): a place is free")
      }
      #expect(run.order.sorted() == Array(parents.indices), "graph \(seed)")
    }
  }

  @Test("continuing after failures runs exactly the nodes without a failed ancestor")
  func keepGoing() {
    for seed in 0..<1000 {
      var random = Seeded(state: UInt64(seed) + 10_000)
      let parents = randomGraph(
        nodes: .random(in: 1...24, using: &random), links: .random(in: 0...5, using: &random),
        using: &random)
      let failing = Set(
        parents.indices.filter { _ in Bool.random(using: &random) && .random(using: &random) })
      let run = SimulatedRun(
        parents, .init(jobs: .random(in: 1...4, using: &random), keepsGoing: true),
        failing: failing, using: &random)
      var cannotRun: Set<Int> = []
      for node in parents.indices
      where parents[node].contains(where: { failing.contains($0) || cannotRun.contains($0) }) {
        cannotRun.insert(node)
      }
      #expect(run.ended == Set(parents.indices).subtracting(cannotRun), "graph \(seed)")
      for node in cannotRun {
        guard case .blocked(let by) = run.states[node] else {
          Issue.record("graph \(seed): node \(node) is \(run.states[node])")
          continue
        }
        #expect(failing.contains(by))
      }
    }
  }

  @Test("without continuing, nothing starts after a failure")
  func failFast() {
    var random = Seeded(state: 1)
    let run = SimulatedRun(
      [[], [], [0], [2], [1]], .init(jobs: 1), failing: [1], using: &random)
    #expect(run.order == [0, 1])
    #expect(run.states == [.succeeded, .failed, .notRun, .notRun, .notRun])
  }

  @Test("with one job nodes run in the order of the graph, which is Elyra's")
  func oneJob() {
    for seed in 0..<200 {
      var random = Seeded(state: UInt64(seed))
      let parents = randomGraph(nodes: 15, links: 3, using: &random)
      let run = SimulatedRun(parents, .init(jobs: 1), using: &random)
      #expect(run.order == Array(parents.indices))
    }
  }

  @Test("nodes with a common claim never run at once, and all of them run")
  func claims() {
    for seed in 0..<500 {
      var random = Seeded(state: UInt64(seed))
      let parents = randomGraph(nodes: 16, links: 1.5, using: &random)
      let names = ["a", "b", "c", "d"]
      let claims = parents.map { _ in
        names.filter { _ in Int.random(in: 0..<3, using: &random) == 0 }
      }
      let run = SimulatedRun(parents, .init(jobs: 8, claims: claims), using: &random) {
        _, running in
        let claimed = running.flatMap { claims[$0] }
        #expect(Set(claimed).count == claimed.count, "graph \(seed)")
      }
      #expect(run.ended.count == parents.count)
    }
  }

  @Test("nodes after unselected ones wait for the parents of the unselected ones")
  func selection() {
    // 0 → 1 → 2, and 1 is left out.
    var schedule = Schedule(
      parents: [[], [0], [1]], configuration: .init(jobs: 4, selection: [0, 2]))
    #expect(schedule.start() == [.start(0, attempt: 1)])
    #expect(schedule.ended(0, .succeeded) == [.start(2, attempt: 1)])
    #expect(schedule.states[1] == .deselected)

    var failing = Schedule(
      parents: [[], [0], [1]],
      configuration: .init(jobs: 4, keepsGoing: true, selection: [0, 2]))
    _ = failing.start()
    #expect(failing.ended(0, .failed(mayRetry: false)) == [.block(2, by: 0)])
    #expect(failing.isOver)
  }

  @Test("a node is retried as often as allowed")
  func retries() {
    var schedule = Schedule(parents: [[]], configuration: .init(retries: [2]))
    #expect(schedule.start() == [.start(0, attempt: 1)])
    #expect(schedule.ended(0, .failed(mayRetry: true)) == [.start(0, attempt: 2)])
    #expect(schedule.ended(0, .failed(mayRetry: true)) == [.start(0, attempt: 3)])
    #expect(schedule.ended(0, .failed(mayRetry: true)) == [])
    #expect(schedule.states == [.failed])
  }

  @Test("the node before the longest chain starts first")
  func longestFirst() {
    // 0 and 1 have no links; 2 is the start of a chain.
    var schedule = Schedule(parents: [[], [], [], [2], [3]], configuration: .init(jobs: 2))
    #expect(schedule.start() == [.start(2, attempt: 1), .start(0, attempt: 1)])
  }

  @Test("a stopped schedule starts nothing more")
  func stop() {
    var schedule = Schedule(
      parents: [[], [0], []], configuration: .init(jobs: 1, retries: [3, 3, 3]))
    _ = schedule.start()
    schedule.stop()
    #expect(schedule.ended(0, .failed(mayRetry: true)) == [])
    #expect(schedule.states == [.failed, .notRun, .notRun])
    #expect(schedule.isOver)
  }

  @Test(
    "the time for many nodes grows in proportion to their number: in a chain, in parallel, and in layers"
  )
  func large() {
    let shapes: [(Int) -> [[Int]]] = [
      { count in (0..<count).map { $0 == 0 ? [] : [$0 - 1] } },
      { count in (0..<count).map { _ in [] } },
      { count in
        (0..<count).map { node in
          node < 100 ? [] : (0..<5).map { node - node % 100 - 1 - $0 * 7 }
        }
      },
    ]
    for shape in shapes {
      let factor = Growth.factor(from: 2500) { count in
        let parents = shape(count)
        var random = Seeded(state: 3)
        var schedule = Schedule(parents: parents, configuration: .init(jobs: 8))
        var actions = schedule.start()
        var running: [Int] = []
        var done = 0
        repeat {
          for case .start(let node, _) in actions { running.append(node) }
          let place = Int.random(in: running.indices, using: &random)
          running.swapAt(place, running.count - 1)
          actions = schedule.ended(running.removeLast(), .succeeded)
          done += 1
        } while !running.isEmpty || !actions.isEmpty
        #expect(done == count)
      }
      #expect(factor < Growth.proportional)
    }
  }

  @Test("a node that waits for its next attempt holds neither a slot nor a claim")
  func delayed() {
    var schedule = Schedule(
      parents: [[], []],
      configuration: .init(retries: [1, 0], delayed: [0], claims: [["file"], ["file"]]))
    #expect(schedule.start() == [.start(0, attempt: 1)])
    #expect(schedule.ended(0, .failed(mayRetry: true)) == [.delay(0), .start(1, attempt: 1)])
    #expect(schedule.states[0] == .delayed && !schedule.isOver)
    #expect(schedule.delayIsOver(0) == [])
    #expect(schedule.ended(1, .succeeded) == [.start(0, attempt: 2)])
    #expect(schedule.ended(0, .succeeded) == [] && schedule.isOver)
  }

  @Test("a run that ends does not wait for the next attempt of a node")
  func delayedAtTheEnd() {
    var schedule = Schedule(
      parents: [[], []], configuration: .init(jobs: 2, retries: [1, 0], delayed: [0]))
    _ = schedule.start()
    _ = schedule.ended(0, .failed(mayRetry: true))
    #expect(schedule.ended(1, .failed(mayRetry: true)) == [])
    #expect(schedule.states == [.failed, .failed] && schedule.isOver)
    #expect(schedule.delayIsOver(0) == [])
  }
}

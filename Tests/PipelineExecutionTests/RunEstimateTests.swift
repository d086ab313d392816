import PipelineExecution
import Testing

@Suite("The estimate of a run")
struct RunEstimateTests {
  /// Estimates from seconds; nil is a node without an earlier run.
  private func rest(
    _ parents: [[Int]], _ usual: [Int?], jobs: Int, _ progress: [RunEstimate.Progress]
  ) -> Duration? {
    RunEstimate(parents: parents, usual: usual.map { $0.map { .seconds($0) } }, jobs: jobs)
      .remaining(progress)
  }

  private let waiting = RunEstimate.Progress.waiting

  @Test("of a chain is the sum of its nodes, with any number of jobs", arguments: [1, 2, 8])
  func chain(jobs: Int) {
    let parents = [[], [0], [1]]
    #expect(rest(parents, [1, 2, 3], jobs: jobs, [waiting, waiting, waiting]) == .seconds(6))
    #expect(rest(parents, [1, 2, 3], jobs: jobs, [.over, waiting, waiting]) == .seconds(5))
  }

  @Test(
    "of independent nodes depends on the number of jobs",
    arguments: [(1, 12), (2, 6), (3, 6), (4, 3), (100, 3)])
  func jobs(jobs: Int, seconds: Int) {
    let four = [3, 3, 3, 3]
    #expect(
      rest([[], [], [], []], four, jobs: jobs, [waiting, waiting, waiting, waiting])
        == .seconds(seconds))
  }

  @Test("starts nodes before the longest chain first, as a run does")
  func ranks() {
    // 0 and 1 are short; 2 leads to 3. In order of their numbers it would take 2 + 5 + 5.
    let parents = [[], [], [], [2]]
    #expect(
      rest(parents, [2, 2, 5, 5], jobs: 2, [waiting, waiting, waiting, waiting]) == .seconds(10))
  }

  @Test("counts the time that running nodes have had; one that takes longer may end at any time")
  func running() {
    let parents = [[], [0]]
    #expect(rest(parents, [10, 5], jobs: 1, [.running(.seconds(4)), waiting]) == .seconds(11))
    #expect(rest(parents, [10, 5], jobs: 1, [.running(.seconds(40)), waiting]) == .seconds(5))
    #expect(rest(parents, [10, 5], jobs: 1, [.over, .running(.seconds(5))]) == .zero)
  }

  @Test("passes through nodes that are not selected")
  func skipped() {
    let parents = [[], [0], [1]]
    #expect(rest(parents, [10, 99, 5], jobs: 2, [waiting, .skipped, waiting]) == .seconds(15))
    #expect(rest(parents, [10, nil, 5], jobs: 2, [.over, .skipped, waiting]) == .seconds(5))
  }

  @Test("takes a node without an earlier run for a usual one, and is unknown with too many of them")
  func unknown() {
    let parents: [[Int]] = [[], [0], [1]]
    #expect(rest(parents, [4, 4, nil], jobs: 1, [waiting, waiting, waiting]) == .seconds(12))
    #expect(rest(parents, [4, nil, nil], jobs: 1, [waiting, waiting, waiting]) == nil)
    #expect(rest(parents, [4, nil, nil], jobs: 1, [.over, .over, waiting]) == nil)
    #expect(rest(parents, [nil, nil, nil], jobs: 1, [waiting, waiting, waiting]) == nil)
    #expect(rest(parents, [4, 4, 4], jobs: 1, [.over, .over, .over]) == nil)
    #expect(rest([], [], jobs: 1, []) == nil)
  }

  @Test("ignores impossible parents and numbers of jobs, as a damaged log may have them")
  func impossible() {
    let parents = [[1, 7, -3, .max, .min], [0, 0]]
    #expect(rest(parents, [1, 1], jobs: -4, [waiting, waiting]) == .seconds(2))
    #expect(rest([[]], [-5], jobs: .max, [waiting]) == .zero)
  }
}

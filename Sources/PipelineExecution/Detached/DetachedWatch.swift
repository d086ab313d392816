import Glibc
import RunEvents
import SystemSupport

/// Finds out how a run stands that Slurm has as a whole: from what its nodes have left, and from
/// Slurm where that does not say enough.
package actor DetachedWatch {
  let run: DetachedRun
  let results: any DetachedResults
  private let environment: [String: String]
  private var found: SlurmCommands?
  /// The places of nodes that have begun.
  var started: Set<Int> = []
  private var jobs: [Int: DetachedRun.Job] = [:]
  private var ended: [Int: DetachedState.Node] = [:]
  /// Since when Slurm has been saying that a job ended which has left no result.
  private var silent: [Int: ContinuousClock.Instant] = [:]

  /// - Parameters:
  ///   - run: the run.
  ///   - results: what its nodes leave; nil for that in the folder of the run.
  ///   - environment: the variables, with the `PATH` on which Slurm's programs are.
  package init(
    _ run: DetachedRun, _ results: (any DetachedResults)? = nil, environment: [String: String]
  ) {
    self.run = run
    self.results = results ?? FolderResults(run: run)
    self.environment = environment
  }

  /// Slurm, which is not needed for a run whose nodes have said how they ended.
  ///
  /// - Throws: ``DetachedProblem`` if its programs are not on `PATH`.
  func slurm() throws(DetachedProblem) -> SlurmCommands {
    if let found { return found }
    do throws(SlurmCommands.Problem) {
      let slurm = try SlurmCommands(environment: environment)
      found = slurm
      return slurm
    } catch {
      throw DetachedProblem(.unusable, error.description)
    }
  }

  /// How the run stands now.
  ///
  /// - Throws: ``DetachedProblem``; `silence` if Slurm may answer later, and `storage` if the results
  ///   cannot be read.
  package func state() async throws(DetachedProblem) -> DetachedState {
    guard FilePath.isDirectory(run.folder) else {
      throw DetachedProblem(
        .missing,
        "the folder of the run, '\(run.folder)', is not there; it was removed, or this "
          + "machine does not see it")
    }
    let isStopped = run.has(.stopped)
    var nodes = run.nodes.indices.map { place in
      ended[place] ?? DetachedState.Node(status: .waiting)
    }
    var findings = Findings()
    while true {
      let ready = nodes.indices.filter { isReady($0, nodes, findings) }
      if ready.isEmpty { break }
      try await look(ready, &findings)
      for place in ready {
        let known = known(place, nodes, findings, isStopped)
        guard case .ended(let status, let message)? = known.withoutSlurm else { continue }
        nodes[place] = end(place, status, message, known.left)
      }
    }
    let open = nodes.indices.filter { !nodes[$0].hasEnded }
    if !open.isEmpty {
      let queue = try await queue()
      for place in open {
        // The nodes before it may have ended just now.
        if isReady(place, nodes, findings) { try await look([place], &findings) }
        nodes[place] = try await judge(
          place, known(place, nodes, findings, isStopped), queue[place])
      }
    }
    let state = DetachedState(nodes: nodes, isStopped: isStopped)
    if state.isOver { finish() }
    return state
  }

  /// The jobs of the run in Slurm's list, by the places of their nodes.
  ///
  /// - Throws: ``DetachedProblem``, also if the run was never submitted as a whole.
  func queue() async throws(DetachedProblem) -> [Int: QueuedJob] {
    let slurm = try slurm()
    let list = try await answered { () async throws(SlurmCommands.Problem) in
      try await slurm.jobs(of: getuid())
    }
    var queue: [Int: QueuedJob] = [:]
    var owner: OwnerMark?
    for job in list {
      guard let mark = HandoverMark(job.comment), mark.folder == run.folder,
        run.nodes.indices.contains(mark.place)
      else { continue }
      owner = mark.owner
      queue[mark.place] = job
    }
    guard !run.has(.stopped) else { return queue }
    if !run.has(.complete) {
      guard run.owner.map({ $0.life == .hasEnded }) ?? true else { return queue }
      throw DetachedProblem(
        .incomplete,
        "lyre was ended before all jobs of this run were submitted; none of them has "
          + "started")
    }
    if !run.has(.released), (owner ?? run.owner).map({ $0.life != .isRunning }) ?? true {
      // The program was ended right before the last step.
      try await answered { () async throws(SlurmCommands.Problem) in
        try await slurm.release(
          queue.values.filter { $0.state.reason == "JobHeldUser" }.map(\.job).sorted())
      }
      try? run.set(.released)
    }
    return queue
  }

  private func answered<Value>(_ body: () async throws(SlurmCommands.Problem) -> Value)
    async throws(DetachedProblem) -> Value
  {
    do throws(SlurmCommands.Problem) {
      return try await body()
    } catch {
      throw DetachedProblem(.silence, "Slurm does not answer: \(error.description)")
    }
  }

  // MARK: A node

  private func known(
    _ place: Int, _ nodes: [DetachedState.Node], _ findings: Findings, _ isStopped: Bool
  ) -> DetachedNode {
    var node = DetachedNode()
    node.left = findings.left[place]
    node.hasStarted = node.left != nil || started.contains(place)
    node.parents = run.nodes[place].parents.map { parent in
      (
        run.nodes[parent].label, nodes[parent].hasEnded ? nodes[parent].status : nil,
        nodes[parent].message
      )
    }
    node.isStopped = isStopped
    return node
  }

  private func judge(_ place: Int, _ known: DetachedNode, _ queued: QueuedJob?)
    async throws(DetachedProblem) -> DetachedState.Node
  {
    var known = known
    known.queued = queued
    if let reason = run.obstacle(of: place) { return neverStarts(place, reason, queued) }
    switch known.withoutSlurm ?? known.inSlurm {
    case .waits: return DetachedState.Node(status: .waiting)
    case .runs(let seconds):
      return DetachedState.Node(
        status: .running,
        started: seconds.map { wallClockNanoseconds() - $0 * 1_000_000_000 })
    case .ended(let status, let message): return end(place, status, message, known.left)
    case .neverStarts(let reason):
      // As a run does whose schedule is kept here.
      if let job = known.queued { await (try slurm()).end(job.job, .end) }
      try? run.note(obstacle: reason, of: place)
      return neverStarts(place, reason, known.queued)
    case .asks: return try await ask(place, known)
    }
  }

  private func neverStarts(_ place: Int, _ reason: String, _ queued: QueuedJob?)
    -> DetachedState.Node
  {
    let job = job(of: place, queued)?.number ?? "?"
    return end(place, .failed, "its job \(job) will never start: \(reason)", nil)
  }

  /// How long files of other machines may take to become visible.
  private static let patience = Duration.seconds(3)

  private func ask(_ place: Int, _ known: DetachedNode) async throws(DetachedProblem)
    -> DetachedState.Node
  {
    let running = DetachedState.Node(status: known.hasStarted ? .running : .waiting)
    guard let job = job(of: place, known.queued) else {
      // Its submission is going on.
      return running
    }
    var state: JobState?
    switch await (try slurm()).state(of: job.number) {
    case .state(let found):
      guard found.hasEnded else { return running }
      state = found
    case .forgotten: break
    case .silence(let reason):
      throw DetachedProblem(.silence, "Slurm does not answer about job \(job.number): \(reason)")
    }
    if known.left == nil, state.map({ $0.exitCode < 126 }) ?? true {
      let since = silent[place] ?? .now
      silent[place] = since
      guard ContinuousClock.now - since >= DetachedWatch.patience else { return running }
    }
    let ending = JobEnding(
      job: job.number, state: state, output: DetachedWatch.end(of: run.output(of: place)),
      program: job.program, memory: job.memory, isStopped: known.isStopped)
    let outcome = ending.outcome(known.left)
    return end(place, outcome.status, outcome.message, known.left)
  }

  private func job(of place: Int, _ queued: QueuedJob?) -> DetachedRun.Job? {
    if let job = jobs[place] { return job }
    let job =
      run.job(of: place) ?? queued.map { DetachedRun.Job(number: $0.job, program: "lyre") }
    jobs[place] = job
    return job
  }

  private func end(_ place: Int, _ status: NodeStatus, _ message: String?, _ left: NodeOutcome?)
    -> DetachedState.Node
  {
    var node = DetachedState.Node(status: status, message: message)
    if let started = left?.started {
      node.started = started
      node.ended = started + (left?.duration.totalNanoseconds ?? 0)
    }
    ended[place] = node
    return node
  }

  /// Removes what is of no use any more: the secrets of nodes that were never started.
  private func finish() {
    guard !run.has(.over) else { return }
    run.removeSecrets()
    try? run.set(.over)
  }

  private static func end(of path: String) -> String {
    guard let (bytes, _) = try? fileEnd(path, limit: 16_384) else { return "" }
    return String(decoding: bytes, as: UTF8.self)
  }
}

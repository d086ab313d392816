import JSONCore
import KernelTesting
import Pipelines
import RunEvents
import Synchronization
import Testing

@testable import PipelineExecution

@Suite("Runs that Slurm has as a whole")
struct DetachedTests {
  @Test("a job waits for the jobs of the nodes before it, also through nodes that do not run")
  func plan() {
    // a → b → d, a → c → d, e
    let parents = [[], [0], [0], [1, 2, 1], []]
    let whole = HandoverPlan(parents: parents, selection: nil, claims: [])
    #expect(whole.nodes.map(\.place) == [0, 1, 2, 3, 4])
    #expect(whole.nodes.map(\.needed) == [[], [0], [0], [1, 2], []])
    #expect(whole.nodes.map(\.isFirst) == [true, false, false, false, true])
    let part = HandoverPlan(parents: parents, selection: [0, 2, 3], claims: [])
    #expect(part.nodes.map(\.place) == [0, 2, 3])
    #expect(part.nodes.map(\.needed) == [[], [0], [0, 1]])
    #expect(HandoverPlan(parents: parents, selection: [3], claims: []).nodes.map(\.needed) == [[]])
  }

  @Test("nodes that write the same file run one after another, whether one fails or not")
  func claims() {
    let plan = HandoverPlan(
      parents: [[], [0], [], []], selection: nil,
      claims: [["/x"], ["/x", "/y"], ["/y"], ["/x"]])
    #expect(plan.nodes.map(\.needed) == [[], [0], [], []])
    #expect(plan.nodes.map(\.awaited) == [[], [], [1], [0, 1]])
    #expect(plan.nodes.map(\.isFirst) == [true, false, false, false])
    // A node that does not run holds nothing.
    let part = HandoverPlan(
      parents: [[], []], selection: [1], claims: [["/x"], ["/x"]])
    #expect(part.nodes == [HandoverPlan.Node(place: 1)])
  }

  @Test("sbatch is told what a job waits for")
  func dependencies() throws {
    var request = JobRequest(
      try ContainerArgumentTests.node([:]), command: ["/lyre"], workingDirectory: "/w",
      output: "/o", comment: "c", limit: nil, settings: SlurmSettings())
    func added() -> [String] { Array(request.arguments(script: "/s").dropFirst(9).dropLast()) }
    #expect(added() == [])
    request.isHeld = true
    #expect(added() == ["--hold"])
    request.isHeld = false
    request.needed = ["7", "8"]
    #expect(added() == ["--dependency=afterok:7:8", "--kill-on-invalid-dep=yes"])
    request.awaited = ["9"]
    #expect(added() == ["--dependency=afterok:7:8,afterany:9", "--kill-on-invalid-dep=yes"])
    request.needed = []
    #expect(added() == ["--dependency=afterany:9", "--kill-on-invalid-dep=yes"])
  }

  @Test("the list of jobs, whatever their comments are")
  func queue() throws {
    let job = try #require(QueuedJob(line: "12|PENDING|0:00||JobHeldUser|a|b c"))
    #expect(job.job == "12" && job.state.isWaiting && job.state.reason == "JobHeldUser")
    #expect(job.comment == "a|b c" && job.state.machine == nil && job.seconds == 0)
    let running = try #require(QueuedJob(line: "13|RUNNING|1-02:03:04|n1|None|(null)"))
    #expect(running.seconds == 93_784 && running.state.machine == "n1")
    #expect(QueuedJob(line: "13|RUNNING|1:00") == nil && QueuedJob(line: "") == nil)
    for text in ["", "x", "1:", "1-2-3", "-1", "99999999999999999999"] {
      #expect(QueuedJob.seconds(text) == nil, "\(text)")
    }
  }

  @Test("a job's comment says to which node of which run it belongs")
  func marks() throws {
    let mark = HandoverMark(place: 3, folder: "/a b/.lyre/p-1")
    #expect(HandoverMark(mark.description) == mark)
    for other in ["", "lyre x/y/z/1/2 /folder", "lyre-run x 3 /a", "lyre-run a/b/c/1/2 -1 /a"] {
      #expect(HandoverMark(other) == nil, "\(other)")
    }
    try TemporaryDirectory.with { directory in
      let mark = HandoverMark(place: 0, folder: directory.path)
      #expect(mark.isIncomplete)
      try DetachedRun(folder: directory.path, nodes: []).set(.complete)
      #expect(!mark.isIncomplete)
    }
  }

  private func queued(_ line: String) -> QueuedJob? { QueuedJob(line: line) }

  @Test("a node stands as its result says, then as those before it, then as Slurm says")
  func judgements() {
    var node = DetachedNode()
    #expect(node.withoutSlurm == nil && node.inSlurm == .asks)
    node.queued = queued("1|PENDING|0:00||Dependency|c")
    #expect(node.inSlurm == .waits)
    node.queued = queued("1|PENDING|0:00||DependencyNeverSatisfied|c")
    #expect(node.inSlurm == .waits)
    node.queued = queued("1|PENDING|0:00||PartitionTimeLimit|c")
    #expect(node.inSlurm == .neverStarts("PartitionTimeLimit"))
    node.queued = queued("1|RUNNING|1:05|n1|None|c")
    #expect(node.inSlurm == .runs(seconds: 65))
    node.queued = queued("1|COMPLETING|1:05|n1|None|c")
    #expect(node.inSlurm == .runs(seconds: 65))
    node.queued = queued("1|CANCELLED|0:00||None|c")
    #expect(node.inSlurm == .asks)
    node.left = NodeOutcome(status: .failed, message: "boom")
    node.hasStarted = true
    #expect(node.withoutSlurm == nil && node.inSlurm == .asks)
    node.left = NodeOutcome(status: .succeeded)
    #expect(node.withoutSlurm == .ended(.succeeded, nil))
  }

  @Test("a node behind one that did not succeed is not run")
  func behind() {
    var node = DetachedNode()
    node.parents = [("a", .succeeded, nil), ("b", .timedOut, "slow")]
    #expect(node.withoutSlurm == .ended(.blocked, "it needs 'b', which failed"))
    node.parents = [("c", .blocked, "it needs 'b', which failed")]
    #expect(node.withoutSlurm == .ended(.blocked, "it needs 'b', which failed"))
    node.parents = [("c", nil, nil), ("d", .interrupted, nil)]
    #expect(node.withoutSlurm == .ended(.notRun, nil))
    node.parents = [("c", nil, nil), ("d", .succeeded, nil)]
    #expect(node.withoutSlurm == nil)
    node.isStopped = true
    #expect(node.inSlurm == .ended(.notRun, nil))
    node.hasStarted = true
    node.parents = [("b", .failed, nil)]
    #expect(node.withoutSlurm == nil && node.inSlurm == .asks)
  }

  /// Results that are all there, and remember who was asked for.
  private final class StoredEndings: DetachedResults {
    private let run: DetachedRun
    private let asked = Mutex<[Int]>([])
    var places: [Int] { asked.withLock { $0 } }

    init(_ run: DetachedRun) { self.run = run }

    func left(of place: Int, hasStarted: Bool) async throws(NodeStorageProblem) -> DetachedTraces {
      asked.withLock { $0.append(place) }
      let node = run.nodes[place]
      var result = NodeResult(place: place, id: node.id, label: node.label, file: node.file)
      result.status = .succeeded
      let subject = RunSubject(
        run: .name(run.id),
        node: NodeIdentity(place: place, id: node.id, label: node.label, attempt: 1))
      return DetachedTraces(
        hasStarted: true,
        ending: NodeEnding(subject: subject, result: result, exitCode: 0).json.serialized())
    }
  }

  @Test("what nodes have left is looked at in their order, and says enough without Slurm")
  func stored() async throws {
    try await TemporaryDirectory.with { directory in
      func node(_ id: String, _ parents: [Int]) -> DetachedRun.Node {
        DetachedRun.Node(id: id, label: id, file: "\(id).py", parents: parents, name: id)
      }
      let run = DetachedRun(
        folder: directory.path, nodes: [node("a", []), node("b", [0]), node("c", [0, 1])])
      let results = StoredEndings(run)
      let state = try await DetachedWatch(run, results, environment: [:]).state()
      #expect(state.nodes.map(\.status) == [.succeeded, .succeeded, .succeeded])
      #expect(state.isOver && run.isKnownToBeOver)
      #expect(results.places == [0, 1, 2])
    }
  }

  @Test("jobs and marks are on disk for others, and damaged ones are none")
  func notes() throws {
    try TemporaryDirectory.with { directory in
      try directory.makeDirectory("1-a")
      let node = DetachedRun.Node(id: "a", label: "A", file: "a.py", parents: [], name: "1-a")
      let run = DetachedRun(folder: directory.path, nodes: [node])
      #expect(run.job(of: 0) == nil && !run.has(.complete) && run.obstacle(of: 0) == nil)
      let job = DetachedRun.Job(number: "17", program: "/lyre", memory: 5)
      try run.note(job, of: 0)
      try run.set(.complete)
      try run.set(.complete)
      try run.note(obstacle: "BadConstraints", of: 0)
      let other = DetachedRun(folder: directory.path, nodes: [node])
      #expect(other.job(of: 0) == job && other.has(.complete))
      #expect(other.obstacle(of: 0) == "BadConstraints" && !other.isKnownToBeOver)
      try directory.write("{\"job\": \"1; rm\"}", to: "1-a/job.json")
      #expect(run.job(of: 0) == nil)
      #expect(DetachedRun(folder: directory.path("none"), nodes: []).isKnownToBeOver)
    }
  }

  @Test(
    "what cannot be left to Slurm is refused by name",
    arguments: [
      ([:], false, "'a.ipynb' would run as a process of this machine"),
      (["on": "container"], true, "'a.ipynb' would run in a container"),
      (["retries": 2], true, "'a.ipynb' has retries"),
      (["slurm": ["--dependency=afterok:1"]], true, "has the option --dependency=afterok:1"),
      (["slurm": ["-a1-5"]], true, "has the option -a1-5"),
      (["slurm": ["--account=x", "--hint=nomultithread"]], true, nil),
    ] as [(JSONObject, Bool, String?)])
  func refused(properties: JSONObject, isOnSlurm: Bool, reason: String?) throws {
    var document = PipelineDocument(name: "p")
    let id = try document.addNode(file: "a.ipynb")
    for member in properties {
      try document.setLyreProperty(member.key.string, to: member.value, of: id)
    }
    let node = try #require(document.pipeline.executableNodes.first)
    var configuration = PipelineConfiguration(environment: [:])
    if isOnSlurm { configuration.places.onSlurm = .all }
    let found = Handover.obstacle(node, configuration)
    #expect((found == nil) == (reason == nil), "\(found ?? "")")
    if let reason { #expect(found?.contains(reason) == true, "\(found ?? "")") }
  }
}

import Glibc
import JSONCore
import KernelTesting
import Pipelines
import Synchronization
import Testing

@testable import PipelineExecution

@Suite("The work common to all nodes")
struct NodeAttemptTests {
  /// A runner that records the tasks it gets.
  private final class Recorder: NodeRunner {
    let kinds: Set<PipelineNode.Kind>
    let outcome: NodeOutcome
    private let state = Mutex<NodeTask?>(nil)

    init(_ kinds: Set<PipelineNode.Kind>, _ outcome: NodeOutcome = .init(status: .succeeded)) {
      self.kinds = kinds
      self.outcome = outcome
    }

    var task: NodeTask? { state.withLock { $0 } }

    func canRun(_ node: PipelineNode) -> Bool { kinds.contains(node.kind) }

    func run(
      _ task: NodeTask, control: NodeControl, report: @escaping @Sendable (NodeReport) -> Void
    ) async -> NodeOutcome {
      state.withLock { $0 = task }
      return outcome
    }
  }

  private func run(
    _ file: String, _ properties: JSONObject = [:], in folder: String,
    _ runners: [any NodeRunner], change: (inout PipelineConfiguration) -> Void = { _ in }
  ) async throws -> NodeOutcome {
    var document = PipelineDocument(name: "p")
    try document.addNode(file: file, properties: properties)
    let pipeline = document.pipeline
    var configuration = PipelineConfiguration(environment: ["HOME": "/h", "WHO": "outside"])
    change(&configuration)
    return await NodeAttempt(
      node: try #require(pipeline.executableNodes.first), folder: folder,
      configuration: configuration, scope: ParameterScope(pipeline, given: [:]),
      runName: "p-1", destination: nil, runners: runners
    ).run(NodeLog(nil), control: NodeControl(), report: { _ in })
  }

  @Test("the first suitable runner gets the node with its folder, variables and limit")
  func task() async throws {
    let (notebooks, scripts) = (Recorder([.notebook]), Recorder([.pythonScript, .rScript]))
    let variable: JSONValue = ["env_var": "WHO", "value": "me"]
    let outcome = try await run(
      "sub/a.py", ["env_vars": [variable]], in: "/root", [notebooks, scripts, Recorder([])]
    ) { $0.timeout = .seconds(7) }
    #expect(outcome.status == .succeeded)
    #expect(notebooks.task == nil)
    let task = try #require(scripts.task)
    #expect(task.path == "/root/sub/a.py")
    #expect(task.workingDirectory == "/root/sub")
    #expect(
      task.environment == [
        "HOME": "/h", "WHO": "me", "ELYRA_RUNTIME_ENV": "local", "ELYRA_RUN_NAME": "p-1",
      ])
    #expect(task.limit == .seconds(7))
  }

  @Test("a node that no runner supports fails with that message")
  func none() async throws {
    let outcome = try await run("a.py", in: "/", [Recorder([.notebook])])
    #expect(outcome.status == .failed)
    #expect(outcome.message == "only notebooks and scripts run on this machine")
  }

  @Test("without its inputs a node does not start; without its outputs it has failed")
  func files() async throws {
    try await TemporaryDirectory.with { directory in
      let runner = Recorder([.pythonScript])
      let properties: JSONObject = ["dependencies": ["in.csv"], "outputs": ["out-*.csv"]]
      let before = try await run("a.py", properties, in: directory.path, [runner])
      #expect(before.status == .failed)
      #expect(before.message?.contains("in.csv") == true)
      #expect(runner.task == nil)
      try directory.write("", to: "in.csv")
      let after = try await run("a.py", properties, in: directory.path, [runner])
      #expect(after.status == .failed)
      #expect(after.message?.contains("out-*.csv") == true)
      try directory.write("", to: "out-1.csv")
      #expect(try await run("a.py", properties, in: directory.path, [runner]).status == .succeeded)
    }
  }

  @Test("missing outputs are not reported for a failed node")
  func failure() async throws {
    let runner = Recorder([.pythonScript], NodeOutcome(status: .timedOut, message: "too long"))
    let outcome = try await run("a.py", ["outputs": ["never"]], in: "/nowhere", [runner])
    #expect(outcome.status == .timedOut)
    #expect(outcome.message == "too long")
  }
}

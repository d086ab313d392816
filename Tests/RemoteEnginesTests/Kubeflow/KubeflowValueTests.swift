import JSONCore
import RunEvents
import Testing

@testable import RemoteEngines

@Suite("Kubeflow Pipelines: states, schedules, pipelines")
struct KubeflowValueTests {
  @Test(
    "each state has a status in Lyre's events",
    arguments: [
      ("PENDING", NodeStatus.waiting, false), ("RUNNING", .running, false),
      ("SUCCEEDED", .succeeded, true), ("CACHED", .cached, true), ("SKIPPED", .notRun, true),
      ("FAILED", .failed, true), ("CANCELING", .running, false), ("CANCELED", .interrupted, true),
      ("PAUSED", .waiting, false), ("RUNTIME_STATE_UNSPECIFIED", .waiting, false),
      ("OF_A_NEWER_SERVER", .waiting, false),
    ])
  func states(name: String, status: NodeStatus, isFinal: Bool) {
    #expect(KubeflowState(name: name).status == status)
    #expect(KubeflowState(name: name).isFinal == isFinal)
  }

  @Test(
    "five fields of cron become six, and what the server reads differently is written its way",
    arguments: [
      ("0 6 * * 1", "0 0 6 * * 1"), ("*/15 8-18 * * mon-FRI", "0 */15 8-18 * * 1-5"),
      ("30 0 6 * * 1", "30 0 6 * * 1"), ("0 6 * * 7", "0 0 6 * * 0"),
      ("0 6 * * 5-7", "0 0 6 * * 5-6,0"), ("0 6 1,15 jan ?", "0 0 6 1,15 1 ?"),
      (" @daily ", "0 0 0 * * *"), ("5/10 * * * *", "0 5/10 * * * *"),
      ("0 0 13 * 5", "0 0 0 13 * 5"),
    ])
  func schedules(text: String, cron: String) throws {
    #expect(try KubeflowSchedule(text).cron == cron)
  }

  @Test(
    "what is no schedule is an error that says why",
    arguments: [
      ("0 6 * *", "expected the five fields"),
      ("61 6 * * *", "'61' is not valid for the minute (0 to 59)"),
      ("0 6 * * funday", "'funday' is not valid for the day of the week"),
      ("0 18-8 * * *", "'18-8' is not valid for the hour"),
      ("*/0 * * * *", "'*/0' is not valid for the minute"),
      ("@often", "there are @annually, @daily"), ("", "expected the five fields"),
      ("0 6 , * *", "'' is not valid for the day of the month"),
    ])
  func noSchedules(text: String, message: String) {
    let error = #expect(throws: EngineError.self) { try KubeflowSchedule(text) }
    #expect(error?.kind == .unusable && error?.message.contains(message) == true, "\(text)")
  }

  private let spec: JSONValue = [
    "pipeline_spec": [
      "root": [
        "dag": [
          "tasks": [
            "fit": ["taskInfo": ["name": "Fit it"], "dependentTasks": ["load", "gone"]],
            "load": ["componentRef": ["name": "comp-load"]],
          ]
        ]
      ]
    ], "platform_spec": [:],
  ]

  @Test("the tasks of a pipeline, parents first, from either form of its document")
  func tasks() throws {
    let nodes = [
      SubmittedNode(id: "load", label: "load", task: "load"),
      SubmittedNode(id: "fit", label: "Fit it", task: "fit", parents: [0]),
    ]
    #expect(KubeflowSpec(spec)?.nodes == nodes)
    #expect(KubeflowSpec(try #require(spec["pipeline_spec"]))?.nodes == nodes)
    #expect(KubeflowSpec(["root": ["dag": ["tasks": [:]]]]) == nil)
  }

  @Test("an answer with a cycle or a long chain is read, too")
  func order() {
    let circle = SubmittedNode.parentsFirst(
      ["a", "b", "a"], labels: ["b": "B"], parents: ["a": ["b"], "b": ["a", "none"]])
    #expect(circle.map(\.id) == ["b", "a"] && circle.map(\.label) == ["B", "a"])
    #expect(circle.map(\.parents) == [[], [0]])
    let names = (0..<50_000).map { "t\($0)" }
    let parents = Dictionary(uniqueKeysWithValues: zip(names, names.dropFirst().map { [$0] }))
    let chain = SubmittedNode.parentsFirst(names, labels: [:], parents: parents)
    #expect(chain.map(\.id) == names.reversed())
    #expect(chain.last?.parents == [49_998])
  }

  @Test("the engine's own tasks are left out, and an attempt that was started again counts once")
  func drivers() throws {
    let first = "2026-11-30T08:00:00Z"
    let later = "2026-11-30T08:05:00Z"
    func task(_ name: String, _ state: String = "SUCCEEDED", _ start: String = first) -> JSONValue {
      ["display_name": .init(name), "state": .init(state), "start_time": .init(start)]
    }
    let tasks = [
      task("weather-x7k2p"), task("root-driver"), task("root"), task("load-driver"),
      task("load", "FAILED"), task("load", "RUNNING", later), task("executor"),
      task("fit-driver"), task("fit"),
    ]
    let run = try run(["task_details": .array(tasks)])
    #expect(run.pipelineTasks.map(\.name) == ["load", "fit"])
    #expect(run.pipelineTasks.map(\.state) == [.running, .succeeded])
    // A server that lists the pipeline's own tasks only.
    let plain = try self.run(["task_details": [task("a"), task("b", "PENDING")]])
    #expect(plain.pipelineTasks.map(\.name) == ["a", "b"])
  }

  private func run(_ details: JSONValue) throws -> KubeflowRun {
    try #require(
      KubeflowRun(
        json: [
          "run_id": "r", "state": "FAILED", "created_at": "2026-11-30T08:00:00Z",
          "finished_at": "1970-01-01T00:00:00Z", "run_details": details,
          "state_history": [["state": "FAILED", "error": ["code": 2, "message": "no quota"]]],
        ]))
  }

  @Test("a run's message and times; a time of 1970 is none")
  func times() throws {
    let run = try run(["task_details": []])
    #expect(run.message == "no quota" && run.finished == nil)
    let state = EngineRunState(run)
    #expect(state.status == .failed && state.started == 1_796_025_600_000_000_000)
  }
}

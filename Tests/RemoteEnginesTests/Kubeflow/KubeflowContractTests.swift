import JSONCore
import RealKernels
import RemoteEngines
import Testing

@Suite("Kubeflow Pipelines: every request as the real client sends it")
struct KubeflowContractTests {
  private static let spec = """
    components: {comp-a: {executorLabel: exec-a}}
    deploymentSpec: {executors: {exec-a: {container: {image: 'busybox:1', command: [echo]}}}}
    pipelineInfo: {name: weather}
    root: {dag: {tasks: {a: {cachingOptions: {}, componentRef: {name: comp-a}, taskInfo: {name: a}}}}}
    schemaVersion: 2.1.0
    sdkVersion: lyre

    """

  /// The calls that a test makes, and those that it makes for a namespace.
  private static let calls = [
    "healthz",
    "find_pipeline",
    "find_pipeline_none",
    "upload_pipeline",
    "upload_pipeline_namespace",
    "upload_version",
    "list_versions",
    "find_experiment",
    "create_experiment",
    "create_run",
    "create_run_account",
    "get_run",
    "list_runs",
    "terminate_run",
    "archive_run",
    "retry_run",
    "delete_run",
    "create_recurring_run",
    "list_recurring_runs",
    "get_recurring_run",
    "enable_recurring_run",
    "disable_recurring_run",
    "delete_recurring_run",
  ]
  private static let ofTeam: Set = [
    "upload_pipeline_namespace", "find_experiment", "create_experiment", "list_runs",
    "list_recurring_runs",
  ]

  /// Makes a call of the recording.
  private func perform(_ name: String, _ api: KubeflowAPI) async throws {
    let file = Array(KubeflowContractTests.spec.utf8)
    var run = KubeflowAPI.NewRun(
      experiment: "exp-1", name: "weather-1", pipeline: "pipe-1", version: "ver-1",
      parameters: ["rows": 7, "name": "x"])
    switch name {
    case "healthz":
      #expect(try await !api.health().isForSeveralUsers)
    case "find_pipeline":
      #expect(try await api.pipeline(named: "weather")?.id == "pipe-1")
    case "find_pipeline_none":
      #expect(try await api.pipeline(named: "weather") == nil)
    case "upload_pipeline":
      let made = try await api.uploadPipeline(
        file, name: "weather", description: "made by Lyre & co")
      #expect(made.id == "pipe-1")
    case "upload_pipeline_namespace":
      _ = try await api.uploadPipeline(file, name: "weather", description: "d")
    case "upload_version":
      let made = try await api.uploadVersion(
        file, name: "weather-2", file: "weather", ofPipeline: "pipe-1",
        description: "made by Lyre")
      #expect(made.id == "ver-1")
    case "list_versions":
      #expect(try await api.versions(ofPipeline: "pipe-1").map(\.id) == ["ver-1"])
    case "find_experiment":
      #expect(try await api.experiment(named: "weather")?.id == "exp-1")
    case "create_experiment":
      #expect(try await api.experiment(named: "weather") == nil)
      #expect(try await api.createExperiment("weather").id == "exp-1")
    case "create_run":
      let made = try await api.createRun(run)
      #expect(made.id == "run-1" && made.state == .pending)
    case "create_run_account":
      (run.parameters, run.account) = ([:], "robot")
      _ = try await api.createRun(run)
    case "get_run":
      #expect(try await api.run("run-1").state == .running)
    case "list_runs":
      #expect(try await api.runs(limit: 20).map(\.state) == [.succeeded])
    case "terminate_run":
      try await api.perform(.terminate, onRun: "run-1")
    case "archive_run":
      try await api.perform(.archive, onRun: "run-1")
    case "retry_run":
      try await api.perform(.retry, onRun: "run-1")
    case "delete_run":
      try await api.deleteRun("run-1")
    case "create_recurring_run":
      (run.name, run.parameters) = ("weekly", ["rows": 7])
      let made = try await api.createRecurringRun(run, KubeflowSchedule("0 6 * * 1"))
      #expect(made.id == "rec-1" && made.isEnabled)
    case "list_recurring_runs":
      #expect(try await api.recurringRuns().map(\.name) == ["weekly"])
    case "get_recurring_run":
      #expect(try await api.recurringRun("rec-1").isEnabled)
    case "enable_recurring_run":
      try await api.setRecurringRun("rec-1", isEnabled: true)
    case "disable_recurring_run":
      try await api.setRecurringRun("rec-1", isEnabled: false)
    case "delete_recurring_run":
      try await api.deleteRecurringRun("rec-1")
    default: Issue.record("no such call: \(name)")
    }
  }

  @Test("method, path, query, headers and content are the same", arguments: calls)
  func same(_ name: String) async throws {
    let namespace = KubeflowContractTests.ofTeam.contains(name) ? "team" : nil
    let exchanges = try RecordedClient().exchanges(name)
    try await TestServer.with { _, number in
      exchanges.indices.contains(number) ? .reply(exchanges[number].answer) : .close
    } run: { server in
      let api = KubeflowAPI(
        server.url + "/", namespace: namespace, login: BearerLogin(token: "recorded-token"))
      try await perform(name, api)
      #expect(server.requests.map(\.recorded) == exchanges.map(\.recorded))
    }
  }

  @Test("every recorded call is compared")
  func all() throws {
    // Pages are read with one page's answer more, see below.
    let named = Set(KubeflowContractTests.calls).union(["list_pipelines"])
    #expect(try RecordedClient().names == named)
  }

  @Test("a list is read page by page, each as the real client asks for one")
  func pages() async throws {
    let first = try #require(try RecordedClient().exchanges("list_pipelines").first)
    let last = TestServer.Reply(200, #"{"pipelines": [{"pipeline_id": "pipe-2"}]}"#)
    try await TestServer.with { _, number in
      .reply(number == 0 ? first.answer : last)
    } run: { server in
      let api = KubeflowAPI(server.url, login: BearerLogin(token: "recorded-token"))
      let found = try await api.pipelines()
      #expect(found.map(\.id) == ["pipe-1", "pipe-2"])
      var sent = server.requests.map(\.recorded)
      #expect(sent[0] == first.recorded)
      #expect(sent[1].removeValue(forKey: "query page_token") == "p2")
      #expect(sent[1] == first.recorded)
    }
  }
}

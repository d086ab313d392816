import JSONCore
import KernelTesting
import RealKernels
import Synchronization
import Testing

@Suite("lyre pipeline retry --follow, with an engine that repeats itself")
struct RetryFollowTests {
  /// A server of Kubeflow Pipelines with one run, which says this about it after the retry, one after another.
  private func with(
    before: JSONValue, after states: [JSONValue], _ body: (Lyre) async throws -> Void
  ) async throws {
    let queue = Mutex<[JSONValue]?>(nil)
    try await TestServer.with { request, _ in
      let state = queue.withLock { queue -> JSONValue? in
        switch (request.method, request.target) {
        case ("POST", "/apis/v2beta1/runs/r1:retry"):
          queue = states
          return [:]
        case ("GET", "/apis/v2beta1/runs/r1"):
          guard let left = queue else { return before }
          if left.count > 1 { queue?.removeFirst() }
          return left.first
        default: return nil
        }
      }
      guard let state else { return .reply(.init(404)) }
      return .reply(
        .init(200, bytes: state.serialized(), [("content-type", "application/json")]))
    } run: { server in
      try await Lyre.with { lyre in
        let runtime: JSONValue = [
          "display_name": "Team", "schema_name": "kfp",
          "metadata": [
            "runtime_type": "KUBEFLOW_PIPELINES", "api_endpoint": .init(server.url),
            "engine": "Argo", "auth_type": "NO_AUTHENTICATION",
            "cos_endpoint": .init(server.url), "cos_bucket": "runs",
            "cos_auth_type": "USER_CREDENTIALS", "cos_username": "key",
            "cos_password": "secret-of-storage",
          ],
        ]
        try lyre.directory.write(runtime.serialized(), to: "meta/metadata/runtimes/team.json")
        try await body(lyre)
      }
    }
  }

  private func retry(_ lyre: Lyre) async throws -> Lyre.Outcome {
    try await lyre.run(
      ["pipeline", "retry", "r1", "--runtime-config", "team", "--follow"],
      environment: ["ELYRA_METADATA_PATH": lyre.directory.path("meta")])
  }

  private func task(_ name: String, _ state: String, _ minutes: ClosedRange<Int>) -> JSONValue {
    func time(_ minute: Int) -> JSONValue { .init("2026-11-30T10:\(minute):00Z") }
    var task: JSONObject = [
      "display_name": .init(name), "state": .init(state),
      "start_time": time(minutes.lowerBound),
    ]
    if state != "RUNNING" { task["end_time"] = time(minutes.upperBound) }
    return .object(task)
  }

  private func run(_ state: String, finished: Int?, _ tasks: JSONValue...) -> JSONValue {
    let root: JSONObject = [
      "dag": [
        "tasks": [
          "load": [:], "fit": ["dependentTasks": ["load"]],
        ]
      ]
    ]
    var run: JSONObject = [
      "run_id": "r1", "state": .init(state), "created_at": "2026-11-30T10:10:00Z",
      "pipeline_spec": ["root": .object(root)], "run_details": ["task_details": .array(tasks)],
    ]
    if let finished { run["finished_at"] = .init("2026-11-30T10:\(finished):00Z") }
    return .object(run)
  }

  private var load: JSONValue { task("load", "SUCCEEDED", 10...11) }

  @Test("the failure of the attempt before is not taken for one of the new attempt")
  func old() async throws {
    let old = run("FAILED", finished: 13, load, task("fit", "FAILED", 11...12))
    try await with(
      before: old,
      after: [
        // It has not looked at the run yet.
        old, old,
        run("RUNNING", finished: nil, load, task("fit", "FAILED", 11...12)),
        run("RUNNING", finished: nil, load, task("fit", "RUNNING", 20...21)),
        run("SUCCEEDED", finished: 22, load, task("fit", "SUCCEEDED", 20...21)),
      ]
    ) { lyre in
      let outcome = try await retry(lyre)
      #expect(outcome.code == 0, "\(outcome)")
      #expect(!outcome.errors.contains("failed"), "\(outcome)")
      #expect(outcome.errors.contains("r1: 2 nodes ok in 12 min T\n"), "\(outcome)")
    }
  }

  @Test("a failure of the new attempt is one")
  func new() async throws {
    let old = run("FAILED", finished: 13, load, task("fit", "FAILED", 11...12))
    try await with(
      before: old,
      after: [old, old, run("FAILED", finished: 22, load, task("fit", "FAILED", 20...21))]
    ) { lyre in
      let outcome = try await retry(lyre)
      #expect(outcome.code == 1, "\(outcome)")
      #expect(outcome.errors.contains("r1: 1 of 2 nodes ok, 1 failed"), "\(outcome)")
    }
  }
}

import JSONCore
import KernelTesting
import ObjectStorage
import RealKernels
import Synchronization
import Testing

@testable import RemoteEngines

/// Tells the first time from the others.
private final class Losses: Sendable {
  private let count = Mutex(0)

  var isFirst: Bool {
    count.withLock { count in
      count += 1
      return count == 1
    }
  }
}

@Suite("Airflow's interface")
struct AirflowAPITests {
  typealias Version = RecordedAirflow.Version

  static func api(
    _ url: String, _ credentials: AirflowCredentials = .user("ada", password: "lovelace")
  ) async throws -> AirflowAPI {
    try await AirflowAPI(
      url, credentials: credentials, exchange: WebExchange(environment: [:]),
      firstDelay: .milliseconds(1))
  }

  static func failure(_ body: () async throws -> Void) async -> EngineError? {
    do {
      try await body()
      return nil
    } catch {
      return error as? EngineError
    }
  }

  /// Runs a test with a server.
  private func with(
    _ version: Version, _ body: (AirflowAPI, TestServer) async throws -> Void
  ) async throws {
    let recorded = try RecordedAirflow(version)
    try await TestServer.with { request, _ in
      recorded.answer(request)
    } run: { server in
      try await body(try await AirflowAPITests.api(server.url), server)
    }
  }

  @Test("the version decides how the server is spoken with", arguments: Version.allCases)
  func versions(version: Version) async throws {
    try await with(version) { api, server in
      #expect(api.version.description == version.rawValue)
      #expect(api.version.interface == (version == .third ? .second : .first))
      #expect(server.requests.first?.target == "/api/v2/version")
      #expect(server.requests.allSatisfy { $0["authorization"] == nil })
      for end in ["/", "/api/v1", "/api/v2/"] {
        let other = try await AirflowAPITests.api(server.url + end)
        #expect(other.address == server.url)
      }
    }
  }

  @Test("what is no Airflow is said to be none")
  func strangers() async throws {
    for (status, kind) in [
      (404, EngineError.Kind.version), (200, .version), (302, .denied), (403, .denied),
      (503, .unreachable),
    ] {
      try await TestServer.with { _, _ in
        .reply(TestServer.Reply(status, "<html>hello</html>"))
      } run: { server in
        let error = await AirflowAPITests.failure { _ = try await AirflowAPITests.api(server.url) }
        #expect(error?.kind == kind && error?.place == server.url && error?.status == status)
      }
    }
    let error = await AirflowAPITests.failure {
      _ = try await AirflowAPITests.api("http://127.0.0.1:1")
    }
    #expect(error?.kind == .unreachable)
  }

  @Test("a DAG, its source, its errors, and its activation", arguments: Version.allCases)
  func dags(version: Version) async throws {
    let recorded = try RecordedAirflow(version)
    let root = version == .third ? "/api/v2" : "/api/v1"
    try await TestServer.with { request, _ in
      recorded.answer(request)
    } run: { server in
      let api = try await AirflowAPITests.api(server.url)
      #expect(try await api.dag("none") == nil)
      let dag = try #require(try await api.dag("recorded"))
      #expect(dag.isPaused && !dag.isStale && dag.schedule == nil)
      #expect(try await api.dags().map(\.id) == ["recorded"])
      let source = try await api.source(of: dag)
      #expect(source?.hasPrefix("# recorded: made by Lyre from ") == true)
      let error = try #require(try await api.importError(of: "broken.py"))
      #expect(error.summary == "ModuleNotFoundError: No module named 'nothing_like_this'")
      #expect(try await api.importError(of: "roken.py") == nil)
      try await api.setPaused(false, "recorded")
      let patch = try #require(server.requests.last)
      #expect(patch.method == "PATCH")
      #expect(patch.target == "\(root)/dags/recorded?update_mask=is_paused")
      #expect(String(decoding: patch.body, as: UTF8.self) == #"{"is_paused":false}"#)
      let missing = await AirflowAPITests.failure { try await api.setPaused(false, "none") }
      #expect(missing?.kind == .missing)
      #expect(
        missing?.message.hasPrefix(
          "could not activate the DAG 'none': it is not there: Dag with id: ") == true)
    }
  }

  private let first = "manual__2026-11-30T08:00:00.000001+00:00"
  private let second = "manual__2026-11-30T08:00:00.000002+00:00"

  @Test("a run that fails, and runs again", arguments: Version.allCases)
  func failing(version: Version) async throws {
    try await with(version) { api, server in
      let wrong = await AirflowAPITests.failure {
        _ = try await api.start("recorded", run: first, parameters: ["seconds": "x"])
      }
      #expect(wrong?.kind == .rejected)
      #expect(
        wrong?.message.hasPrefix(
          "could not start a run of the DAG 'recorded': the server refuses it: Invalid input for param "
            + "seconds: 'x' is not of type 'integer'") == true)
      let run = try await api.start("recorded", run: first, parameters: ["code": 3])
      #expect(run.id == first && run.dag == "recorded" && run.state == .queued)
      let ended = try await api.run(first, of: "recorded")
      #expect(ended.state == .failed)
      #expect(try #require(ended.ended) > (try #require(ended.started)))
      #expect(
        try await api.tasks(of: run).map { "\($0.task) \($0.state.rawValue) \($0.attempt)" } == [
          "load success 1", "train failed 1", "end upstream_failed 0",
        ])
      #expect(
        server.requests.last?.target.contains("/manual__2026-11-30T08%3A00%3A00.000001%2B00%3A00/")
          == true)
    }
  }

  @Test("a second attempt whose first answer was lost finds the run", arguments: Version.allCases)
  func lost(version: Version) async throws {
    let recorded = try RecordedAirflow(version)
    let losses = Losses()
    try await TestServer.with { request, _ in
      let answer = recorded.answer(request)
      let isStart = request.method == "POST" && request.target.hasSuffix("/dagRuns")
      return isStart && losses.isFirst ? .close : answer
    } run: { server in
      let api = try await AirflowAPITests.api(server.url)
      let run = try await api.start("recorded", run: first, parameters: ["code": 3])
      #expect(run.id == first && run.state == .failed)
      let starts = server.requests.filter { $0.method == "POST" && $0.target.hasSuffix("/dagRuns") }
      #expect(starts.count == 2)
    }
  }

  @Test("a run that is stopped, and everything of it that runs again", arguments: Version.allCases)
  func stopping(version: Version) async throws {
    try await with(version) { api, server in
      let run = try await api.start("recorded", run: second, parameters: ["seconds": 15])
      let engine: any EngineRun = AirflowEngineRun(api, run: second, of: "recorded")
      #expect(try await engine.stop() == nil)
      let patch = try #require(server.requests.last)
      #expect(patch.method == "PATCH" && patch.body == Array(#"{"state":"failed"}"#.utf8))
      #expect(try await api.tasks(of: run).map(\.state) == [.running, .none, .none])
      let ended = try await api.run(second, of: "recorded")
      #expect(try await api.retry(ended) == ["load", "train", "end"])
      let clear = try #require(server.requests.last)
      #expect(clear.target.hasSuffix("/dags/recorded/clearTaskInstances"))
    }
  }

  @Test("a run that has ended is not stopped", arguments: Version.allCases)
  func ended(version: Version) async throws {
    try await with(version) { api, server in
      let engine = AirflowEngineRun(api, run: first, of: "recorded")
      let ended = try await engine.stop()
      #expect(ended == .failed)
      #expect(server.requests.allSatisfy { $0.method != "PATCH" })
      let missing = await AirflowAPITests.failure {
        _ = try await api.run("none", of: "recorded")
      }
      #expect(missing?.kind == .missing)
    }
  }

  @Test("the list of runs has the latest first", arguments: Version.allCases)
  func lists(version: Version) async throws {
    try await with(version) { api, _ in
      #expect(try await api.runs(of: "recorded").map(\.id) == [second, first])
      let page = api.page(of: try await api.run(first, of: "recorded"))
      let id = "manual__2026-11-30T08%3A00%3A00.000001%2B00%3A00"
      #expect(
        page == api.address
          + (version == .third
            ? "/dags/recorded/runs/\(id)" : "/dags/recorded/grid?dag_run_id=\(id)"))
    }
  }

  @Test("lists are read page by page, and a failing server is asked again")
  func pages() async throws {
    try await TestServer.with { request, number in
      if request.target.hasSuffix("/version") {
        return .reply(TestServer.Reply(200, #"{"version": "3.1.0"}"#))
      }
      // This server's pages are smaller than asked for.
      if number == 2 { return .reply(TestServer.Reply(502, "busy")) }
      let offset = request.target.split(separator: "=").last.flatMap { Int($0) } ?? 0
      let tasks = (offset..<min(offset + 2, 5)).map { #"{"task_id": "t\#($0)"}"# }
      return .reply(
        TestServer.Reply(
          200, #"{"task_instances": [\#(tasks.joined(separator: ","))], "total_entries": 5}"#))
    } run: { server in
      let api = try await AirflowAPITests.api(server.url, .token("t"))
      let run = AirflowRun(id: "r", dag: "d", state: .running)
      #expect(
        try await api.tasks(of: run).map(\.task) == ["t0", "t1", "t2", "t3", "t4"])
      #expect(server.requests.count == 5)
    }
  }

  @Test("a list that never ends is an error")
  func endless() async throws {
    try await TestServer.with { request, _ in
      request.target.hasSuffix("/version")
        ? .reply(TestServer.Reply(200, #"{"version": "3.1.0"}"#))
        : .reply(TestServer.Reply(200, #"{"dags": [{"dag_id": "d"}], "total_entries": 9999999}"#))
    } run: { server in
      let api = try await AirflowAPITests.api(server.url, .token("t"))
      let error = await AirflowAPITests.failure { _ = try await api.dags() }
      #expect(error?.kind == .rejected)
      #expect(error?.message == "could not list the DAGs: the list does not end after 1000 pages")
      #expect(server.requests.count == 1001)
    }
  }

  @Test("the id of a run is one as Airflow gives it")
  func identifiers() {
    #expect(
      AirflowAPI.runID(1_796_027_932_953_546_789) == "manual__2026-11-30T08:38:52.953546+00:00")
  }
}

import JSONCore
import KernelTesting
import RealKernels
import Synchronization
import Testing

/// A server of Airflow 3 as far as `lyre` speaks with it, with an object storage and the interface of GitHub.
///
/// It reads DAGs from a folder. Its runs do nothing: they end when they have been looked at twice.
final class AirflowStub: Sendable {
  /// A run.
  struct Run {
    var id: String
    var conf: JSONValue
    var state = "queued"
    var looks = 0
  }

  /// Everything that it knows.
  struct State {
    var runs: [Run] = []
    var isPaused = true
    /// The error of a file, in Python's words.
    var problem: String?
    /// The keys of the bucket.
    var objects: [String] = []
    /// The files of the repository.
    var files: [String: [UInt8]] = [:]
    /// Whether runs fail.
    var fails = false
  }

  let state = Mutex(State())
  private let folder: String

  /// - Parameter folder: the folder of DAGs.
  init(folder: String) { self.folder = folder }

  /// Runs a test with a server, the folder `dags`, and the configuration `air`.
  static func with(_ body: (Lyre, AirflowStub, TestServer) async throws -> Void) async throws {
    try await Lyre.with { lyre in
      let stub = AirflowStub(folder: try lyre.directory.makeDirectory("dags"))
      try await TestServer.with { request, _ in
        .reply(stub.answer(request))
      } run: { server in
        let runtime: JSONValue = [
          "display_name": "Air", "schema_name": "airflow",
          "metadata": [
            "runtime_type": "APACHE_AIRFLOW", "api_endpoint": .init(server.url),
            "api_username": "ada", "api_password": "env:AIRFLOW_PASSWORD", "git_type": "GITHUB",
            "github_api_endpoint": .init(server.url + "/github"), "github_repo": "acme/dags",
            "github_branch": "main", "github_repo_token": "env:GIT_TOKEN",
            "cos_endpoint": .init(server.url), "cos_bucket": "bucket",
            "cos_auth_type": "USER_CREDENTIALS", "cos_username": "key",
            "cos_password": "secret-of-storage",
          ],
        ]
        try lyre.directory.write(runtime.serialized(), to: "meta/metadata/runtimes/air.json")
        try await body(lyre, stub, server)
      }
    }
  }

  /// Answers a request.
  func answer(_ request: TestServer.Request) -> TestServer.Reply {
    if request.target.hasPrefix("/api/") { return airflow(request) }
    if request.target == "/auth/token" {
      let isKnown = request.body == Array(#"{"username":"ada","password":"lovelace"}"#.utf8)
      return isKnown
        ? json(201, ["access_token": "t"]) : json(401, ["detail": "Invalid credentials"])
    }
    if request.target.hasPrefix("/github/") { return github(request) }
    return storage(request)
  }

  private func json(_ status: Int, _ value: JSONValue) -> TestServer.Reply {
    TestServer.Reply(status, bytes: value.serialized(), [("content-type", "application/json")])
  }

  // MARK: Airflow

  private func airflow(_ request: TestServer.Request) -> TestServer.Reply {
    guard let path = request.target.split(separator: "?").first else {
      return TestServer.Reply(400)
    }
    if path == "/api/v2/version" { return json(200, ["version": "3.3.2"]) }
    guard request["authorization"] == "Bearer t" else { return json(401, ["detail": "no"]) }
    let parts = path.split(separator: "/").dropFirst(2).map(String.init)
    let body = (try? JSONValue(parsing: request.body)) ?? .null
    return state.withLock { state in
      switch (request.method, parts.first, parts.count) {
      case (_, "importErrors", _): return errors(state)
      case (_, "dagSources", _):
        return source(parts[1]).map { json(200, ["content": .init($0)]) } ?? none
      case ("GET", "dags", 1):
        let found: JSONValue = [
          "dag_id": "p", "is_paused": .init(state.isPaused), "timetable_summary": "@daily",
        ]
        return json(200, ["dags": [found], "total_entries": 1])
      case ("PATCH", "dags", 2):
        state.isPaused = body["is_paused"]?.bool ?? true
        return json(200, [:])
      case ("GET", "dags", 2):
        let dag: JSONValue = [
          "dag_id": .init(parts[1]), "has_import_errors": .init(state.problem != nil),
        ]
        return source(parts[1]) == nil ? none : json(200, dag)
      case ("GET", "dags", 3): return json(200, ["tasks": tasks(parts[1])])
      case ("POST", "dags", 3): return start(body, parts[1], &state)
      case ("POST", "dags", _): return json(200, [:])
      default: return run(request, parts, &state)
      }
    }
  }

  private var none: TestServer.Reply { json(404, ["detail": "not found"]) }

  private func source(_ dag: String) -> String? {
    (try? readFile("\(folder)/\(dag).py")).map { String(decoding: $0, as: UTF8.self) }
  }

  private func errors(_ state: State) -> TestServer.Reply {
    guard let problem = state.problem, source("p") != nil else {
      return json(200, ["import_errors": [], "total_entries": 0])
    }
    let error: JSONValue = ["filename": "p.py", "stack_trace": .init(problem), "timestamp": "t"]
    return json(200, ["import_errors": [error], "total_entries": 1])
  }

  private func start(_ body: JSONValue, _ dag: String, _ state: inout State) -> TestServer.Reply {
    if body["conf"]?["bad"] != nil { return json(400, ["detail": "Invalid input for param bad"]) }
    let run = Run(id: body["dag_run_id"]?.string ?? "", conf: body["conf"] ?? .null)
    state.runs.append(run)
    return shown(run, dag)
  }

  private func shown(_ run: Run, _ dag: String) -> TestServer.Reply {
    json(200, ["dag_run_id": .init(run.id), "dag_id": .init(dag), "state": .init(run.state)])
  }

  /// The tasks of a DAG, as its file has them.
  private func ids(_ dag: String) -> [String] {
    (source(dag) ?? "").split(separator: "\n").compactMap { line in
      line.contains("task_id=")
        ? line.split(separator: "\"").dropFirst().first.map(String.init) : nil
    }
  }

  private func tasks(_ dag: String) -> JSONValue {
    let ids = ids(dag)
    return .array(
      ids.enumerated().map { place, id in
        [
          "task_id": .init(id),
          "downstream_task_ids": .array(ids.dropFirst(place + 1).prefix(1).map { .init($0) }),
        ]
      })
  }

  private func run(_ request: TestServer.Request, _ parts: [String], _ state: inout State)
    -> TestServer.Reply
  {
    let id = parts.count > 3 ? parts[3].replacing("%3A", with: ":").replacing("%2B", with: "+") : ""
    guard let place = state.runs.firstIndex(where: { $0.id == id }) else { return none }
    if parts.last == "taskInstances" {
      let states = ["queued": nil, "running": "running", "success": "success"] as [String: String?]
      let list = ids(parts[1]).enumerated().map { number, task -> JSONValue in
        let failed = number == 0 ? "failed" : "upstream_failed"
        let shown =
          state.runs[place].state == "failed" ? failed : states[state.runs[place].state] ?? nil
        return ["task_id": .init(task), "state": shown.map { .init($0) } ?? .null]
      }
      return json(200, ["task_instances": .array(list), "total_entries": .init(list.count)])
    }
    if request.method == "PATCH" {
      state.runs[place].state = "failed"
    } else if state.runs[place].state != "failed" {
      state.runs[place].looks += 1
      let end = state.fails ? "failed" : "success"
      state.runs[place].state = state.runs[place].looks < 2 ? "running" : end
    }
    return shown(state.runs[place], parts[1])
  }

  // MARK: The storage and the repository

  private func storage(_ request: TestServer.Request) -> TestServer.Reply {
    let key = request.target.split(separator: "?").first.map { String($0.dropFirst(8)) } ?? ""
    return state.withLock { state in
      if request.method == "PUT" { state.objects.append(key) }
      let isThere = key.isEmpty || state.objects.contains(key)
      return TestServer.Reply(isThere ? 200 : 404, "", [("etag", "\"e\"")])
    }
  }

  private func github(_ request: TestServer.Request) -> TestServer.Reply {
    guard request["authorization"] == "Bearer secret-of-git" else {
      return json(401, ["message": "Bad credentials"])
    }
    let path = request.target.dropFirst("/github/repos/acme/dags/".count).prefix { $0 != "?" }
    if path == "branches/main" { return json(200, ["name": "main"]) }
    let file = String(path.dropFirst("contents/".count))
    return state.withLock { state in
      if request.method == "PUT" {
        let body = (try? JSONValue(parsing: request.body)) ?? .null
        state.files[file] = body["content"]?.string.flatMap { Base64.decoded($0) }
        return json(200, ["commit": ["sha": "c0ffee"]])
      }
      guard let content = state.files[file] else { return json(404, ["message": "Not Found"]) }
      return json(
        200,
        [
          "type": "file", "encoding": "base64", "content": .init(Base64.encoded(content)),
          "sha": "s",
        ])
    }
  }
}

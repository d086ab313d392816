import Glibc
import JSONCore
import ObjectStorage
import RealKernels
import Synchronization
import YAMLReading

extension KubeflowStub {
  /// Answers a request.
  func answer(_ request: TestServer.Request) -> TestServer.Answer {
    let (isDown, ignores, before) = state.withLock { ($0.isDown, $0.ignores, $0.beforeAnswer) }
    if isDown { return .close }
    if ignores?(request) == true { return .silence }
    before?(request)
    let parts = request.target.split(separator: "?", maxSplits: 1)
    let prefix = "/apis/v2beta1/"
    guard let path = parts.first.map(String.init), path.hasPrefix(prefix) else {
      return .reply(.init(404, "404 page not found"))
    }
    var query: [String: String] = [:]
    for pair in parts.dropFirst().joined().split(separator: "&") {
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      query[String(halves[0])] = PercentEncoding.decoded(halves.dropFirst().joined())
    }
    let words = path.dropFirst(prefix.count).split(whereSeparator: { "/:".contains($0) })
      .map(String.init)
    let json = answer(request.method, words, query, request)
    guard let json else {
      return .reply(.init(404, #"{"code": 5, "message": "there is no such thing", "details": []}"#))
    }
    return .reply(.init(200, bytes: json.serialized(), [("content-type", "application/json")]))
  }

  private func answer(
    _ method: String, _ words: [String], _ query: [String: String], _ request: TestServer.Request
  ) -> JSONValue? {
    let body = (try? JSONValue(parsing: request.body)) ?? .null
    switch (method, words.first ?? "", words.count) {
    case ("GET", "healthz", _): return ["multi_user": false]
    case ("GET", "pipelines", 1): return pipelines()
    case ("POST", "pipelines", 2): return upload(words[1], query, request)
    case ("GET", "pipelines", 3): return versions(of: words[1])
    case ("GET", "pipelines", 4): return version(words[3])
    case ("GET", "experiments", _): return experiments()
    case ("POST", "experiments", _):
      return state.withLock { state in
        state.experiments.append(body["display_name"]?.string ?? "")
        return ["experiment_id": "exp-\(state.experiments.count - 1)"]
      }
    case ("POST", "runs", 1): return create(body)
    case ("GET", "runs", 2): return run(words[1])
    case ("POST", "runs", 3): return perform(words[2], words[1])
    case (_, "recurringruns", _): return recurring(method, words, body)
    default: return nil
    }
  }

  private func pipelines() -> JSONValue {
    state.withLock { state in
      [
        "pipelines": .array(
          state.pipelines.enumerated().map {
            ["pipeline_id": .init("pipe-\($0)"), "display_name": .init($1)]
          })
      ]
    }
  }

  private func upload(
    _ verb: String, _ query: [String: String], _ request: TestServer.Request
  ) -> JSONValue? {
    let text = String(decoding: request.body, as: UTF8.self)
    guard let start = text.firstRange(of: "\r\n\r\n"),
      let end = text[start.upperBound...].firstRange(of: "\r\n--"),
      let document = text[start.upperBound..<end.lowerBound].split(separator: "\n---\n").first,
      let spec = try? JSONValue(parsingYAML: String(document))
    else { return nil }
    let (name, description) = (query["name"] ?? "", query["description"] ?? "")
    return state.withLock { state in
      var pipeline = Int(query["pipelineid"]?.dropFirst("pipe-".count) ?? "") ?? 0
      if verb == "upload" {
        pipeline = state.pipelines.count
        state.pipelines.append(name)
      }
      state.versions.append((pipeline, name, description, spec))
      return [
        "pipeline_id": .init("pipe-\(pipeline)"), "display_name": .init(name),
        "pipeline_version_id": .init("ver-\(state.versions.count - 1)"),
      ]
    }
  }

  private func versions(of pipeline: String) -> JSONValue {
    state.withLock { state in
      [
        "pipeline_versions": .array(
          state.versions.enumerated().filter { "pipe-\($1.pipeline)" == pipeline }.map {
            [
              "pipeline_version_id": .init("ver-\($0)"), "display_name": .init($1.name),
              "description": .init($1.description),
            ]
          })
      ]
    }
  }

  private func version(_ id: String) -> JSONValue? {
    state.withLock { state in
      guard let number = Int(id.dropFirst("ver-".count)), state.versions.indices.contains(number)
      else { return nil }
      return ["pipeline_version_id": .init(id), "pipeline_spec": state.versions[number].spec]
    }
  }

  private func experiments() -> JSONValue {
    state.withLock { state in
      [
        "experiments": .array(
          state.experiments.enumerated().map {
            ["experiment_id": .init("exp-\($0)"), "display_name": .init($1)]
          })
      ]
    }
  }

  private func create(_ body: JSONValue) -> JSONValue? {
    let id = body["pipeline_version_reference"]?["pipeline_version_id"]?.string ?? ""
    let number = state.withLock { state -> Int? in
      guard let version = Int(id.dropFirst("ver-".count)), state.versions.indices.contains(version)
      else { return nil }
      let spec = state.versions[version].spec
      let tasks = spec["root"]?["dag"]?["tasks"]?.object ?? [:]
      var ordered: [String] = []
      while ordered.count < tasks.count {
        guard
          let next = tasks.first(where: { member in
            let parents = (member.value["dependentTasks"]?.array ?? []).compactMap(\.string)
            return !ordered.contains(member.key.string) && parents.allSatisfy(ordered.contains)
          })
        else { return nil }
        ordered.append(next.key.string)
      }
      state.runs.append(
        Run(
          name: body["display_name"]?.string ?? "", spec: spec,
          parameters: body["runtime_config"]?["parameters"]?.object ?? [:],
          tasks: ordered.map { Work(name: $0) }))
      return state.runs.count - 1
    }
    guard let number else { return nil }
    queue.yield(number)
    return run("run-\(number)")
  }

  private func run(_ id: String) -> JSONValue? {
    state.withLock { state in
      guard let number = Int(id.dropFirst("run-".count)), state.runs.indices.contains(number),
        !state.isDeleted
      else { return nil }
      let run = state.runs[number]
      // A task that has not begun is not there, and each has a driver.
      let tasks = run.tasks.filter { $0.state != "PENDING" }.flatMap { task -> [JSONValue] in
        [
          ["display_name": .init("\(task.name)-driver"), "state": "SUCCEEDED"],
          ["display_name": .init(task.name), "state": .init(task.state)],
        ]
      }
      return [
        "run_id": .init(id), "display_name": .init(run.name), "state": .init(run.state),
        "pipeline_version_reference": ["pipeline_id": "pipe-0", "pipeline_version_id": "ver-0"],
        "run_details": ["task_details": .array([["display_name": "root"]] + tasks)],
      ]
    }
  }

  private func perform(_ verb: String, _ id: String) -> JSONValue? {
    guard let number = Int(id.dropFirst("run-".count)) else { return nil }
    let command = state.withLock { state -> RunningCommand? in
      guard state.runs.indices.contains(number) else { return nil }
      if verb == "terminate" {
        state.runs[number].isTerminated = true
        state.runs[number].state = "CANCELING"
        return state.runs[number].command
      }
      for place in state.runs[number].tasks.indices
      where state.runs[number].tasks[place].state == "FAILED" {
        state.runs[number].tasks[place].state = "PENDING"
      }
      state.runs[number].state = "RUNNING"
      return nil
    }
    command?.send(signal: SIGTERM)
    if verb == "retry" { queue.yield(number) }
    return [:]
  }

  private func recurring(_ method: String, _ words: [String], _ body: JSONValue) -> JSONValue? {
    state.withLock { state in
      func json(_ number: Int) -> JSONValue {
        let run = state.recurring[number]
        return [
          "recurring_run_id": .init("rec-\(number)"), "display_name": .init(run.name),
          "status": run.isEnabled ? "ENABLED" : "DISABLED",
          "trigger": ["cron_schedule": ["cron": .init(run.cron)]],
        ]
      }
      if words.count == 1, method == "POST" {
        let cron = body["trigger"]?["cron_schedule"]?["cron"]?.string ?? ""
        state.recurring.append((body["display_name"]?.string ?? "", cron, true))
        return json(state.recurring.count - 1)
      }
      guard words.count > 1 else {
        return ["recurringRuns": .array(state.recurring.indices.map(json))]
      }
      guard let number = Int(words[1].dropFirst("rec-".count)),
        state.recurring.indices.contains(number)
      else { return nil }
      if words.count == 3 { state.recurring[number].isEnabled = words[2] == "enable" }
      if method == "DELETE" { state.recurring.remove(at: number) }
      return words.count == 2 && method == "GET" ? json(number) : [:]
    }
  }
}

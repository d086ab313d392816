import Glibc
import JSONCore
import RealKernels
import Synchronization
import Testing

/// A server of Kubeflow Pipelines, as far as `lyre` speaks with it.
///
/// Its runs are real: the command of each task's container is started, in the order of the tasks, with what the
/// engine would put into it.
final class KubeflowStub: Sendable {
  /// Starts the command of a container.
  typealias Starter = @Sendable (_ image: String, _ command: [String]) throws -> RunningCommand

  /// A task of a run.
  struct Work {
    var name: String
    var state = "PENDING"
    var attempts = 0
  }

  /// A run.
  struct Run {
    var name: String
    var spec: JSONValue
    var parameters: JSONObject
    var state = "PENDING"
    var isTerminated = false
    var tasks: [Work]
    var command: RunningCommand?
  }

  /// Everything that it knows.
  struct State {
    var pipelines: [String] = []
    /// The versions of each pipeline: name, description, content.
    var versions: [(pipeline: Int, name: String, description: String, spec: JSONValue)] = []
    var experiments: [String] = []
    var runs: [Run] = []
    var recurring: [(name: String, cron: String, isEnabled: Bool)] = []
    var isDown = false
    /// Requests that get no answer.
    var ignores: (@Sendable (TestServer.Request) -> Bool)?
    /// Called before a request is answered, on the thread of its connection.
    var beforeAnswer: (@Sendable (TestServer.Request) -> Void)?
    var isDeleted = false
  }

  let state = Mutex(State())
  let queue: AsyncStream<Int>.Continuation
  private let start: Starter

  private init(_ start: @escaping Starter, _ queue: AsyncStream<Int>.Continuation) {
    self.start = start
    self.queue = queue
  }

  /// Runs a test with a server.
  static func with(
    _ start: @escaping Starter, _ body: (KubeflowStub, TestServer) async throws -> Void
  ) async throws {
    let (runs, queue) = AsyncStream.makeStream(of: Int.self)
    let stub = KubeflowStub(start, queue)
    try await TestServer.with { request, _ in
      stub.answer(request)
    } run: { server in
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { for await run in runs { try await stub.work(run) } }
        do {
          defer { stub.end() }
          try await body(stub, server)
        }
        try await group.waitForAll()
      }
    }
  }

  /// Whether it ends every connection without an answer.
  func setDown(_ isDown: Bool) { state.withLock { $0.isDown = isDown } }

  /// Gives some requests no answer at all.
  func ignore(_ ignores: (@Sendable (TestServer.Request) -> Bool)?) {
    state.withLock { $0.ignores = ignores }
  }

  /// Does something before requests are answered, on the threads of their connections.
  func before(_ body: @escaping @Sendable (TestServer.Request) -> Void) {
    state.withLock { $0.beforeAnswer = body }
  }

  /// Forgets all runs, as if somebody had deleted them.
  func deleteRuns() { state.withLock { $0.isDeleted = true } }

  /// The runs.
  var runs: [Run] { state.withLock { $0.runs } }

  /// The names of the uploaded versions.
  var versions: [String] { state.withLock { $0.versions.map(\.name) } }

  /// Stops all runs, and takes no more.
  private func end() {
    queue.finish()
    let commands = state.withLock { state in
      for place in state.runs.indices { state.runs[place].isTerminated = true }
      return state.runs.compactMap(\.command)
    }
    for command in commands { command.send(signal: SIGTERM) }
  }

  // MARK: Runs

  private func work(_ number: Int) async throws {
    let tasks = state.withLock { state in
      state.runs[number].state = "RUNNING"
      return state.runs[number].tasks.count
    }
    for place in 0..<tasks {
      guard try await work(number, place) else { return }
    }
    state.withLock { $0.runs[number].state = "SUCCEEDED" }
  }

  /// Runs a task to its end.
  ///
  /// - Returns: whether the run goes on.
  private func work(_ number: Int, _ place: Int) async throws -> Bool {
    let run = state.withLock { $0.runs[number] }
    let task = run.tasks[place]
    if task.state == "SUCCEEDED" { return true }
    let spec = try #require(run.spec["root"]?["dag"]?["tasks"]?[task.name])
    let name = try #require(spec["componentRef"]?["name"]?.string)
    let label = try #require(run.spec["components"]?[name]?["executorLabel"]?.string)
    let container = try #require(
      run.spec["deploymentSpec"]?["executors"]?[label]?["container"])
    let inputs = values(of: spec, run, number)
    let words = [container["command"], container["args"]].flatMap { $0?.array ?? [] }
      .compactMap(\.string)
    // This server keeps no artifacts.
    var parameters = JSONObject()
    for (name, value) in inputs { parameters[name] = .init(value) }
    let input: JSONValue = ["inputs": ["parameterValues": .object(parameters)], "outputs": [:]]
    let arguments = words.map { word in
      inputs.reduce(word.replacing("{{$}}", with: "\(input)")) {
        $0.replacing("{{$.inputs.parameters['\($1.key)']}}", with: $1.value)
      }
    }
    let retries = spec["retryPolicy"]?["maxRetryCount"]?.int ?? 0
    var attempts = 0
    while true {
      let command = try start(container["image"]?.string ?? "", arguments)
      let isTerminated = state.withLock { state in
        state.runs[number].tasks[place].state = "RUNNING"
        state.runs[number].command = command
        return state.runs[number].isTerminated
      }
      if isTerminated { command.send(signal: SIGTERM) }
      let result = await command.result()
      attempts += 1
      let goesOn = state.withLock { state -> Bool? in
        state.runs[number].command = nil
        if state.runs[number].isTerminated {
          state.runs[number].tasks[place].state = "CANCELED"
          state.runs[number].state = "CANCELED"
          return false
        }
        guard result.ending != .exited(0) else {
          state.runs[number].tasks[place].state = "SUCCEEDED"
          return true
        }
        if attempts <= retries { return nil }
        state.runs[number].tasks[place].state = "FAILED"
        state.runs[number].state = "FAILED"
        return false
      }
      if let goesOn { return goesOn }
    }
  }

  private func values(of task: JSONValue, _ run: Run, _ number: Int) -> [String: String] {
    var values: [String: String] = [:]
    for member in task["inputs"]?["parameters"]?.object ?? [:] {
      if let name = member.value["componentInputParameter"]?.string {
        let standard = run.spec["root"]?["inputDefinitions"]?["parameters"]?[name]?["defaultValue"]
        let value = run.parameters[name] ?? standard ?? .null
        values[member.key.string] = value.string ?? value.description
      } else if let text = member.value["runtimeValue"]?["constant"]?.string {
        values[member.key.string] = text.replacing(
          "{{$.pipeline_job_uuid}}", with: "run-\(number)")
      }
    }
    return values
  }
}

/// A run of Kubeflow Pipelines.
package struct KubeflowEngineRun: EngineRun {
  private let api: KubeflowAPI
  private let id: String

  /// - Parameters:
  ///   - api: the server.
  ///   - id: the id of the run.
  package init(_ api: KubeflowAPI, run id: String) {
    self.api = api
    self.id = id
  }

  package func state() async throws(EngineError) -> EngineRunState {
    EngineRunState(try await api.run(id))
  }

  package func stop() async throws(EngineError) -> EngineRunState.Status? {
    let run = try await api.run(id)
    if run.state.isFinal { return EngineRunState(run).status }
    try await api.perform(.terminate, onRun: id)
    return nil
  }

  package func retry() async throws(EngineError) { try await api.perform(.retry, onRun: id) }
}

extension EngineRunState {
  /// What a run of Kubeflow Pipelines is to those who follow it.
  package init(_ run: KubeflowRun) {
    let status: Status =
      switch run.state {
      case .pending, .paused, .unspecified: .waiting
      case .running, .canceling: .running
      case .succeeded, .cached, .skipped: .succeeded
      case .failed: .failed
      case .canceled: .stopped
      }
    self.init(
      status: status, started: run.created, finished: run.finished, message: run.message,
      nodes: run.pipelineTasks.map { task in
        Node(
          task: task.name, status: task.state.status, started: task.started, ended: task.ended,
          message: task.message)
      })
  }
}

extension KubeflowRun {
  /// The tasks of the pipeline, each once, without those that the engine adds for itself: a driver before each
  /// task, which has its name with `-driver`, and what holds them all together.
  package var pipelineTasks: [KubeflowTask] {
    let names = Set(tasks.map(\.name))
    let hasDrivers = names.contains { $0.hasSuffix("-driver") && $0 != "root-driver" }
    var seen: [String: Int] = [:]
    var result: [KubeflowTask] = []
    for task in tasks where !["root", "executor"].contains(task.name) {
      // A task may be called so, too: then it has a driver.
      if task.name.hasSuffix("-driver"), !names.contains("\(task.name)-driver") { continue }
      if hasDrivers, !names.contains("\(task.name)-driver") { continue }
      if let place = seen[task.name] {
        // An attempt that was started again: the later one counts.
        if (task.started ?? 0) >= (result[place].started ?? 0) { result[place] = task }
      } else {
        seen[task.name] = result.count
        result.append(task)
      }
    }
    return result
  }
}

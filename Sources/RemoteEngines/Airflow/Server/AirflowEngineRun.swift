/// A run of Airflow.
package struct AirflowEngineRun: EngineRun {
  private let api: AirflowAPI
  private let dag: String
  private let id: String

  /// - Parameters:
  ///   - api: the server.
  ///   - id: the id of the run.
  ///   - dag: the id of its DAG.
  package init(_ api: AirflowAPI, run id: String, of dag: String) {
    self.api = api
    self.dag = dag
    self.id = id
  }

  package func state() async throws(EngineError) -> EngineRunState {
    // The tasks of a run that has ended do not change any more, so the run is asked for first.
    let run = try await api.run(id, of: dag)
    return EngineRunState(run, try await api.tasks(of: run))
  }

  package func stop() async throws(EngineError) -> EngineRunState.Status? {
    let run = try await api.run(id, of: dag)
    if run.state.isFinal { return EngineRunState(run, []).status }
    try await api.stop(run)
    return nil
  }

  package func retry() async throws(EngineError) {
    _ = try await api.retry(try await api.run(id, of: dag))
  }
}

extension EngineRunState {
  /// What a run of Airflow is to those who follow it.
  package init(_ run: AirflowRun, _ tasks: [AirflowTaskRun]) {
    let status: Status =
      switch run.state {
      case .queued, .unknown: .waiting
      case .running: .running
      case .success: .succeeded
      // Airflow knows no other end of a run that was stopped.
      case .failed: .failed
      }
    self.init(
      status: status, started: run.started, finished: run.ended,
      nodes: tasks.map {
        Node(task: $0.task, status: $0.state.status, started: $0.started, ended: $0.ended)
      })
  }
}

package import JSONCore

extension KubeflowAPI {
  /// What a new run is made from.
  package struct NewRun: Sendable {
    /// The id of its experiment.
    package var experiment: String
    /// Its name.
    package var name: String
    /// The id of the pipeline.
    package var pipeline: String
    /// The id of the pipeline's version.
    package var version: String
    /// The values of the pipeline's parameters, of their types.
    package var parameters: JSONObject
    /// The service account of its pods; nil for the server's default.
    package var account: String?

    /// Creates a description.
    package init(
      experiment: String, name: String, pipeline: String, version: String,
      parameters: JSONObject = [:], account: String? = nil
    ) {
      self.experiment = experiment
      self.name = name
      self.pipeline = pipeline
      self.version = version
      self.parameters = parameters
      self.account = account
    }

    /// The members that a run and a recurring run have in common.
    var json: JSONObject {
      var body: JSONObject = [
        "experiment_id": .init(experiment), "display_name": .init(name),
        "pipeline_version_reference": [
          "pipeline_id": .init(pipeline), "pipeline_version_id": .init(version),
        ],
        "runtime_config": ["parameters": .object(parameters)],
      ]
      if let account { body["service_account"] = .init(account) }
      return body
    }
  }

  /// Starts a run.
  package func createRun(_ run: NewRun) async throws(EngineError) -> KubeflowRun {
    let purpose = "start a run"
    return try self.run(try await send("POST", ["runs"], .json(run.json), to: purpose), purpose)
  }

  /// A run with the states of its tasks.
  package func run(_ id: String) async throws(EngineError) -> KubeflowRun {
    let purpose = "read the run '\(id)'"
    return try run(try await send("GET", ["runs", id], to: purpose), purpose)
  }

  /// The newest runs.
  ///
  /// - Parameter limit: how many.
  package func runs(limit: Int) async throws(EngineError) -> [KubeflowRun] {
    let purpose = "list the runs"
    let query = [(name: "sort_by", value: "created_at desc")] + namespaceQuery
    var runs: [KubeflowRun] = []
    for json in try await all(["runs"], query: query, member: "runs", most: limit, to: purpose) {
      runs.append(try run(.object(json), purpose))
    }
    return runs
  }

  /// What can be done with a run.
  package enum RunAction: String, Sendable {
    /// Stop it.
    case terminate
    /// Run the failed tasks again.
    case retry
    /// Take it out of the list.
    case archive

    fileprivate var purpose: String {
      switch self {
      case .terminate: "stop the run"
      case .retry: "retry the run"
      case .archive: "archive the run"
      }
    }
  }

  /// Does something with a run.
  package func perform(_ action: RunAction, onRun id: String) async throws(EngineError) {
    _ = try await send(
      "POST", ["runs", "\(id):\(action.rawValue)"], to: "\(action.purpose) '\(id)'")
  }

  /// Deletes a run.
  package func deleteRun(_ id: String) async throws(EngineError) {
    _ = try await send("DELETE", ["runs", id], to: "delete the run '\(id)'")
  }

  private func run(_ json: JSONValue, _ purpose: String) throws(EngineError) -> KubeflowRun {
    KubeflowRun(json, id: try required(json, "run_id", purpose))
  }
}

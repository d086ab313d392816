package import JSONCore
import ObjectStorage

/// A run of a DAG.
package struct AirflowRun: Sendable, Hashable {
  /// Its id, such as `manual__2026-11-30T08:38:52.953546+00:00`.
  package var id: String
  /// The id of its DAG.
  package var dag: String
  /// Its state.
  package var state: AirflowRunState
  /// When it started, in nanoseconds since 1970; nil if it has not.
  package var started: Int64?
  /// When it ended; nil if it has not.
  package var ended: Int64?
}

/// A task in a run of a DAG.
package struct AirflowTaskRun: Sendable, Hashable {
  /// The id of the task.
  package var task: String
  /// Its state.
  package var state: AirflowTaskState
  /// The number of the attempt, from 1; 0 before the first.
  package var attempt: Int
  /// When it started, in nanoseconds since 1970; nil if it has not.
  package var started: Int64?
  /// When it ended; nil if it has not.
  package var ended: Int64?
}

extension AirflowAPI {
  /// Starts a run of a DAG.
  ///
  /// - Parameters:
  ///   - dag: the id of the DAG.
  ///   - id: the id of the run, so that a lost answer does not lead to a second run.
  ///   - parameters: the values of its parameters.
  /// - Throws: ``EngineError``; `rejected` with Airflow's words for a value that is none.
  package func start(_ dag: String, run id: String, parameters: JSONObject)
    async throws(EngineError) -> AirflowRun
  {
    var body: JSONObject = ["dag_run_id": .init(id), "conf": .object(parameters)]
    // Airflow 3 wants to be told that the run is for no time.
    if version.interface == .second { body["logical_date"] = .null }
    let purpose = "start a run of the DAG '\(dag)'"
    do throws(EngineError) {
      return try run(
        await send("POST", ["dags", dag, "dagRuns"], body, mayRepeat: true, to: purpose), purpose)
    } catch {
      // The id is new: the server has it from an attempt whose answer was lost.
      guard error.status == 409 else { throw error }
      return try await run(id, of: dag)
    }
  }

  /// A run.
  ///
  /// - Throws: ``EngineError``; `missing` if there is none, or none any more.
  package func run(_ id: String, of dag: String) async throws(EngineError) -> AirflowRun {
    let purpose = "look up the run '\(id)' of the DAG '\(dag)'"
    return try run(await send("GET", ["dags", dag, "dagRuns", id], to: purpose), purpose)
  }

  /// The latest runs of a DAG, the latest first.
  ///
  /// - Parameters:
  ///   - dag: the id of the DAG; nil for those of all DAGs.
  ///   - most: how many at most.
  package func runs(of dag: String?, most: Int = 100) async throws(EngineError) -> [AirflowRun] {
    let purpose = dag.map { "list the runs of the DAG '\($0)'" } ?? "list the runs"
    let order = [
      (name: "order_by", value: version.interface == .second ? "-run_after" : "-execution_date")
    ]
    let list = try await all(
      ["dags", dag ?? "~", "dagRuns"], query: order, member: "dag_runs", most: most, to: purpose)
    var runs: [AirflowRun] = []
    for json in list { runs.append(try run(json, purpose)) }
    return runs
  }

  private func run(_ json: JSONValue, _ purpose: String) throws(EngineError) -> AirflowRun {
    guard let id = json["dag_run_id"]?.string else { throw unknown("dag_run_id", purpose) }
    return AirflowRun(
      id: id, dag: json["dag_id"]?.string ?? "", state: .init(name: json["state"]?.string),
      started: AirflowAPI.time(json["start_date"]), ended: AirflowAPI.time(json["end_date"]))
  }

  /// The tasks of a run.
  package func tasks(of run: AirflowRun) async throws(EngineError) -> [AirflowTaskRun] {
    let purpose = "list the tasks of the run '\(run.id)'"
    let list = try await all(
      ["dags", run.dag, "dagRuns", run.id, "taskInstances"], member: "task_instances", to: purpose)
    var tasks: [AirflowTaskRun] = []
    for json in list {
      guard let task = json["task_id"]?.string else { throw unknown("task_id", purpose) }
      tasks.append(
        AirflowTaskRun(
          task: task, state: .init(name: json["state"]?.string),
          attempt: json["try_number"]?.int ?? 0, started: AirflowAPI.time(json["start_date"]),
          ended: AirflowAPI.time(json["end_date"])))
    }
    return tasks
  }

  private static func time(_ json: JSONValue?) -> Int64? {
    json?.string.flatMap { JSONDate.nanoseconds($0) }
  }

  /// Stops a run: its running tasks fail, and the others are not run.
  ///
  /// - Parameter run: a run that has not ended.
  package func stop(_ run: AirflowRun) async throws(EngineError) {
    _ = try await send(
      "PATCH", ["dags", run.dag, "dagRuns", run.id], ["state": "failed"], mayRepeat: true,
      to: "stop the run '\(run.id)'")
  }

  /// Runs again what has not succeeded in a run.
  ///
  /// - Parameter run: the run as it is now.
  /// - Returns: the tasks that run again.
  /// - Throws: ``EngineError``; `conflict` if the run has not ended, or all of it succeeded.
  package func retry(_ run: AirflowRun) async throws(EngineError) -> [String] {
    guard run.state.isFinal else {
      throw EngineError(
        .conflict, "the run '\(run.id)' has not ended; follow it, or stop it first",
        place: WebFile.shown(address))
    }
    let tasks = try await tasks(of: run).filter { $0.state != .success && $0.state != .removed }
      .map(\.task)
    guard !tasks.isEmpty else {
      throw EngineError(
        .conflict, "all tasks of the run '\(run.id)' succeeded; start a new run instead",
        place: WebFile.shown(address))
    }
    // Only failed ones would leave out those that a stop has skipped.
    _ = try await send(
      "POST", ["dags", run.dag, "clearTaskInstances"],
      [
        "dry_run": false, "dag_run_id": .init(run.id),
        "task_ids": .array(tasks.map { JSONValue($0) }), "only_failed": false,
        "only_running": false, "reset_dag_runs": true,
      ], to: "run tasks of '\(run.id)' again")
    return tasks
  }

  /// The page of a run.
  package func page(of run: AirflowRun) -> String {
    let dag = PercentEncoding.value(run.dag)
    let id = PercentEncoding.value(run.id)
    let site = WebFile.shown(address)
    return version.interface == .second
      ? "\(site)/dags/\(dag)/runs/\(id)" : "\(site)/dags/\(dag)/grid?dag_run_id=\(id)"
  }

  /// The id of a run that starts now, as Airflow itself would give it.
  ///
  /// - Parameter now: nanoseconds since 1970.
  package static func runID(_ now: Int64) -> String {
    "manual__" + JSONDate.text(nanoseconds: now, digits: 6).dropLast() + "+00:00"
  }
}

import JSONCore

extension AirflowAPI {
  /// The tasks of a DAG as nodes, parents first: of a run that was not submitted from this machine.
  ///
  /// - Throws: ``EngineError``.
  package func nodes(of dag: String) async throws(EngineError) -> [SubmittedNode] {
    let purpose = "list the tasks of the DAG '\(dag)'"
    let answer = try await send("GET", ["dags", dag, "tasks"], to: purpose)
    guard let list = answer["tasks"]?.array else { throw unknown("tasks", purpose) }
    var tasks: [String] = []
    var (labels, parents): ([String: String], [String: [String]]) = ([:], [:])
    for json in list {
      guard let id = json["task_id"]?.string else { throw unknown("task_id", purpose) }
      tasks.append(id)
      labels[id] = json["task_display_name"]?.string
      for task in (json["downstream_task_ids"]?.array ?? []).compactMap(\.string) {
        parents[task, default: []].append(id)
      }
    }
    return SubmittedNode.parentsFirst(tasks, labels: labels, parents: parents)
  }
}

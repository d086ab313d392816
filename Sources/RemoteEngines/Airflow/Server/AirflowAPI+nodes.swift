import JSONCore

extension AirflowAPI {
  /// The tasks of a DAG as nodes, parents first: of a run that was not submitted from this machine.
  ///
  /// - Throws: ``EngineError``.
  package func nodes(of dag: String) async throws(EngineError) -> [SubmittedNode] {
    let purpose = "list the tasks of the DAG '\(dag)'"
    let answer = try await send("GET", ["dags", dag, "tasks"], to: purpose)
    guard let list = answer["tasks"]?.array else { throw unknown("tasks", purpose) }
    var rest: [(id: String, label: String, parents: Set<String>)] = []
    for json in list {
      guard let id = json["task_id"]?.string else { throw unknown("task_id", purpose) }
      let parents = list.filter { parent in
        (parent["downstream_task_ids"]?.array ?? []).contains { $0.string == id }
      }
      rest.append(
        (
          id, json["task_display_name"]?.string ?? id,
          Set(parents.compactMap { $0["task_id"]?.string })
        ))
    }
    var nodes: [SubmittedNode] = []
    var places: [String: Int] = [:]
    while !rest.isEmpty {
      // A DAG has no circle, but an answer may have one: then the order is the server's.
      let next = rest.firstIndex { $0.parents.allSatisfy { places[$0] != nil } } ?? 0
      let task = rest.remove(at: next)
      places[task.id] = nodes.count
      nodes.append(
        SubmittedNode(
          id: task.id, label: task.label, task: task.id,
          parents: task.parents.compactMap { places[$0] }.filter { $0 < nodes.count }.sorted()))
    }
    return nodes
  }
}

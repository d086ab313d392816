package import JSONCore

/// The tasks of a pipeline as Kubeflow Pipelines has it, for runs that were not submitted from this machine.
package struct KubeflowSpec: Sendable, Hashable {
  /// The tasks, parents first.
  package let nodes: [SubmittedNode]

  /// Reads the first level of a pipeline's tasks.
  ///
  /// - Parameter json: the format's document, or an object with it as `pipeline_spec`.
  /// - Returns: nil for anything else.
  package init?(_ json: JSONValue) {
    let spec = json["pipeline_spec"] ?? json
    guard let tasks = spec["root"]?["dag"]?["tasks"]?.object, !tasks.isEmpty else { return nil }
    var (labels, parents): ([String: String], [String: [String]]) = ([:], [:])
    for member in tasks {
      let name = member.key.string
      labels[name] = member.value["taskInfo"]?["name"]?.string
      parents[name] = (member.value["dependentTasks"]?.array ?? []).compactMap(\.string)
    }
    nodes = SubmittedNode.parentsFirst(
      tasks.map(\.key.string), labels: labels, parents: parents)
  }
}

extension KubeflowAPI {
  /// The nodes of a run that was not submitted from this machine: those of its pipeline, or the tasks that it has
  /// so far if the server does not tell the pipeline.
  package func nodes(ofRun id: String) async throws(EngineError) -> [SubmittedNode] {
    let purpose = "read the run '\(id)'"
    let json = try await send("GET", ["runs", id], to: purpose)
    if let spec = json["pipeline_spec"].flatMap({ KubeflowSpec($0) }) { return spec.nodes }
    let reference = json["pipeline_version_reference"]
    if let pipeline = reference?["pipeline_id"]?.string,
      let version = reference?["pipeline_version_id"]?.string, !version.isEmpty
    {
      // It may have been deleted; the run is there nevertheless.
      let path = ["pipelines", pipeline, "versions", version]
      let stored = try? await send("GET", path, to: "read the pipeline of the run")
      if let spec = stored?["pipeline_spec"].flatMap({ KubeflowSpec($0) }) { return spec.nodes }
    }
    return KubeflowRun(json, id: id).pipelineTasks.map { task in
      SubmittedNode(id: task.name, label: task.name, task: task.name)
    }
  }
}

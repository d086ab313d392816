import JSONCore
import Pipelines

/// What a task tells the launcher of Kubeflow Pipelines about its artifacts: its message
/// `ExecutorOutput`.
struct ExecutorOutput: Sendable, Hashable {
  private var artifacts = JSONObject()

  /// Adds an artifact that has been written.
  ///
  /// - Parameters:
  ///   - kind: which one.
  ///   - artifact: where it is.
  ///   - metadata: what the engine's page shows of it; empty for nothing.
  mutating func add(
    _ kind: NodeArtifact, _ artifact: ExecutorInput.Artifact, metadata: JSONObject = [:]
  ) {
    // The engine refuses keys that it does not know.
    var entry: JSONObject = ["name": .init(artifact.name), "uri": .init(artifact.uri)]
    if !metadata.isEmpty { entry["metadata"] = .object(metadata) }
    artifacts[kind.rawValue] = ["artifacts": [.object(entry)]]
  }

  /// The JSON form.
  var json: JSONValue { ["artifacts": .object(artifacts)] }
}

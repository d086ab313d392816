import Hashing
import PipelineExport
import RemoteEngines

/// A pipeline on a server of Kubeflow Pipelines: found there, or uploaded if its content is new.
struct KubeflowUpload {
  /// What the server has of a pipeline.
  struct Found {
    /// The id of the pipeline; nil if it is not there.
    var pipeline: String?
    /// The version with this content; nil if it is not there.
    var version: KubeflowAPI.Stored?
  }

  /// The name of the pipeline on the server.
  let name: String
  /// The name of a version with this content.
  let versionName: String
  private let api: KubeflowAPI
  private let content: [UInt8]
  private let description: String
  /// By which a version with this content is recognized.
  private let mark: String

  /// The longest text of the pipeline in its description, which is sent as part of a URL.
  private static let longestDescription = 400

  /// - Parameters:
  ///   - api: the server.
  ///   - plan: the pipeline.
  ///   - text: the compiled pipeline.
  init(_ api: KubeflowAPI, _ plan: ExportPlan, _ text: String) {
    self.api = api
    name = plan.engineName
    content = Array(text.utf8)
    let hash = hexadecimal(ContentHash.of(content))
    versionName = "\(plan.engineName)-\(hash.prefix(12))"
    mark = "content \(hash)"
    let own = plan.documentation.prefix(KubeflowUpload.longestDescription)
    description =
      (own.isEmpty ? "" : "\(own)\n\n") + "Made by Lyre from \(plan.name).pipeline; \(mark)"
  }

  /// Looks for the pipeline.
  func find() async throws(EngineError) -> Found {
    guard let pipeline = try await api.pipeline(named: name) else { return Found() }
    // The first version has the name of its pipeline.
    let version = try await api.versions(ofPipeline: pipeline.id).first {
      $0.description.contains(mark) || $0.name == versionName
    }
    return Found(pipeline: pipeline.id, version: version)
  }

  /// Uploads what is not there.
  ///
  /// - Returns: the ids of the pipeline and of its version.
  func upload(_ found: Found) async throws(EngineError) -> (pipeline: String, version: String) {
    if let pipeline = found.pipeline, let version = found.version { return (pipeline, version.id) }
    do throws(EngineError) {
      guard let pipeline = found.pipeline else {
        let made = try await api.uploadPipeline(content, name: name, description: description)
        return (made.id, try await firstVersion(of: made.id))
      }
      let made = try await api.uploadVersion(
        content, name: versionName, file: name, ofPipeline: pipeline, description: description)
      return (pipeline, made.id)
    } catch {
      // Somebody else may have been faster with the same.
      guard error.kind == .conflict else { throw error }
      let now = try await find()
      guard let pipeline = now.pipeline else { throw error }
      if let version = now.version { return (pipeline, version.id) }
      guard found.pipeline == nil else { throw error }
      return try await upload(now)
    }
  }

  private func firstVersion(of pipeline: String) async throws(EngineError) -> String {
    let versions = try await api.versions(ofPipeline: pipeline)
    if let version = versions.first(where: { $0.description.contains(mark) }) ?? versions.first {
      return version.id
    }
    throw EngineError(
      .rejected, "the server has no version of the pipeline '\(name)', which was just uploaded",
      place: api.address)
  }
}

import Hashing
import PipelineExecution
import PipelineExport
import Pipelines
import RemoteEngines
import SystemSupport

/// A pipeline on an engine as it is remembered on this machine.
struct SubmittedPlan {
  let exporter: PipelineExporter
  let plan: ExportPlan
  let connection: EngineConnection

  /// What is remembered of a run.
  ///
  /// - Parameters:
  ///   - api: the URL of the server.
  ///   - run: the engine's id of the run.
  ///   - name: the name of the run.
  ///   - page: its page.
  ///   - endpoint: the storage server's URL as this machine reaches it; nil for that of the nodes.
  ///   - access: what the run got instead of credentials; nil for nothing.
  func submission(
    api: String, run: String, name: String, page: String, endpoint: String?,
    access: RunAccess? = nil
  ) -> Submission {
    func key(_ place: FilesPlace) -> String? {
      guard case .object(_, let key) = place else { return nil }
      return key.replacing(ExportPlaces.run, with: run)
        .replacing(ExportPlaces.folder, with: access?.folder ?? "")
    }
    let runtime = connection.runtime
    var submission = Submission(
      engine: runtime.engine.rawValue, runtime: runtime.name, api: api, run: run, name: name,
      page: page, pipeline: FilePath.normalized(exporter.input.path),
      digest: hexadecimal(ContentHash.of(exporter.input.bytes)), submitted: wallClockNanoseconds(),
      nodes: plan.nodes.map { node in
        var isFile = false
        if case .file = node.work { isFile = true }
        return SubmittedNode(
          id: node.id, label: node.label, task: node.task, file: node.node.file,
          digest: isFile ? node.node.file.flatMap(digest) : nil,
          results: isFile ? key(plan.results(of: node.node)) : nil, parents: node.parents)
      })
    guard !exporter.archives(plan).isEmpty else { return submission }
    submission.bucket = plan.settings.bucket
    submission.prefix = key(plan.runPlace)
    submission.endpoint = endpoint ?? plan.settings.endpoint
    submission.region = plan.settings.region
    submission.accessExpires = access.map { Int64($0.expires) * 1_000_000_000 }
    return submission
  }

  private func digest(_ file: String) -> String? {
    let path = exporter.input.folder.absolute(file)
    guard let bytes = try? fileContent(path, maximum: 1 << 30) else { return nil }
    return hexadecimal(ContentHash.of(bytes))
  }
}

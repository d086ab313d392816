import Glibc
import JSONCore
import PipelineExecution
import Pipelines
import RunEvents
import SystemSupport

extension NodeProgram {
  /// Writes what Kubeflow Pipelines shows of the node: the executed notebook and its page, and what the
  /// node has written to be shown.
  ///
  /// The node has run then: what cannot be written is a warning.
  func writeArtifacts(from folder: WorkFolder, _ result: NodeResult, _ results: ResultsFolder) async
  {
    guard let executorInput else { return }
    var output = ExecutorOutput()
    for kind in NodeArtifact.allCases {
      guard let artifact = executorInput.artifacts[kind.rawValue] else { continue }
      do throws(TransferProblem) {
        guard let content = try content(of: kind, folder, result, results) else { continue }
        guard let path = artifact.path else {
          throw TransferProblem("Kubeflow Pipelines stores no files at '\(artifact.uri)'")
        }
        try await write(content, to: path)
        output.add(kind, artifact, metadata: content.metadata)
      } catch {
        results.warn("the artifact \(kind.rawValue) is missing: \(error.description)")
      }
    }
    guard let path = executorInput.outputFile else { return }
    do throws(TransferProblem) {
      try await write(.bytes(output.json.serialized()), to: path)
    } catch {
      results.warn("Kubeflow Pipelines does not know of the artifacts: \(error.description)")
    }
  }

  private enum Content {
    case file(String)
    case bytes([UInt8])
    case metrics(JSONObject)

    /// What the page shows of the artifact itself.
    var metadata: JSONObject {
      if case .metrics(let values) = self { values } else { [:] }
    }
  }

  /// The content of an artifact; nil if the node has none.
  private func content(
    of kind: NodeArtifact, _ folder: WorkFolder, _ result: NodeResult, _ results: ResultsFolder
  ) throws(TransferProblem) -> Content? {
    switch kind {
    case .notebook:
      let path = executedNotebook(results)
      return FilePath.exists(path) ? .file(path) : nil
    case .page:
      guard FilePath.exists(executedNotebook(results)) else { return nil }
      return .bytes(try executedPage(result, results))
    case .metrics:
      guard let bytes = try written(NodeMetrics.fileName, NodeMetrics.longest, folder) else {
        return nil
      }
      let metrics = NodeMetrics(bytes)
      warn(of: metrics.problems, NodeMetrics.fileName, results)
      return metrics.values.isEmpty ? nil : .metrics(metrics.values)
    case .plots:
      guard let bytes = try written(NodePlots.fileName, NodePlots.longest, folder) else {
        return nil
      }
      let plots = NodePlots(bytes)
      warn(of: plots.problems, NodePlots.fileName, results)
      return plots.json.map { .bytes($0.serialized()) }
    }
  }

  /// The content of a file that the node may have written beside its file; nil if it has not.
  private func written(_ name: String, _ longest: Int, _ folder: WorkFolder)
    throws(TransferProblem) -> [UInt8]?
  {
    let path = PipelinePath.joined(folder.path, PipelinePath.joined(base, name))
    guard FilePath.exists(path) else { return nil }
    do throws(SystemError) {
      return try fileContent(path, maximum: longest)
    } catch {
      throw error.number == EFBIG
        ? TransferProblem("'\(path)' is longer than \(longest) bytes")
        : TransferProblem(path, "read", error)
    }
  }

  private func write(_ content: Content, to path: String) async throws(TransferProblem) {
    let (directory, name) = FilePath.parts(path)
    let store = FolderStore(
      root: directory.isEmpty ? "/" : directory,
      copy: FileCopy(isStopped: { stop.isOver(.transfers) }))
    switch content {
    case .file(let file): try await store.put(file, as: name)
    case .bytes(let bytes): try await store.put(bytes, as: name)
    case .metrics(let values):
      try await store.put(JSONValue.object(values).serialized(.pretty), as: name)
    }
  }

  /// The most problems of a file that are named.
  private static let mostProblems = 5

  private func warn(of problems: [String], _ file: String, _ results: ResultsFolder) {
    guard !problems.isEmpty else { return }
    let named = problems.prefix(NodeProgram.mostProblems).joined(separator: "; ")
    let others = problems.count - NodeProgram.mostProblems
    results.warn("\(file): \(named)\(others > 0 ? "; and \(others) more problems" : "")")
  }
}

import NotebookDocument
import NotebookExecution
import PipelineExecution
import Pipelines
import Reports
import RunEvents
import SystemSupport

extension NodeProgram {
  /// Stores what Elyra's bootstrapper leaves beside a node's outputs: the executed notebook and its
  /// page, or the log of a script.
  ///
  /// - Throws: ``TransferProblem``.
  func storeForElyra(_ result: NodeResult, _ results: ResultsFolder, to store: any FileStore)
    async throws(TransferProblem)
  {
    let file = description.node.file
    guard description.node.kind == .notebook else {
      let log = "\(results.path)/\(NodeDescription.logName)"
      guard FilePath.exists(log) else { return }
      return try await store.put(log, as: ElyraLayout.logName(file: file))
    }
    let path = "\(results.path)/\(NodeDescription.executedName)"
    guard FilePath.exists(path) else { return }
    try await store.put(path, as: PipelinePath.name(file))
    let document: NotebookDocument
    do throws(NotebookError) {
      document = try NotebookDocument(NotebookFile(path).read())
    } catch {
      throw TransferProblem("'\(path)' cannot be read: \(error)")
    }
    let run = NotebookPage.Run(message: result.message, started: result.started)
    let page = NotebookPage(
      document, name: PipelinePath.name(file), run: run, terminal: terminalText)
    try await store.put(page.html(), as: ElyraLayout.pageName(file: file))
  }
}

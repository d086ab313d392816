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
    let path = executedNotebook(results)
    guard FilePath.exists(path) else { return }
    try await store.put(path, as: PipelinePath.name(file))
    try await store.put(executedPage(result, results), as: ElyraLayout.pageName(file: file))
  }

  /// The path of the executed notebook, which need not exist.
  func executedNotebook(_ results: ResultsFolder) -> String {
    "\(results.path)/\(NodeDescription.executedName)"
  }

  /// The page of the executed notebook.
  ///
  /// - Throws: ``TransferProblem``.
  func executedPage(_ result: NodeResult, _ results: ResultsFolder) throws(TransferProblem)
    -> [UInt8]
  {
    let path = executedNotebook(results)
    let document: NotebookDocument
    do throws(NotebookError) {
      document = try NotebookDocument(NotebookFile(path).read())
    } catch {
      throw TransferProblem("'\(path)' cannot be read: \(error)")
    }
    let run = NotebookPage.Run(message: result.message, started: result.started)
    let page = NotebookPage(
      document, name: PipelinePath.name(description.node.file), run: run, terminal: terminalText)
    return page.html()
  }
}

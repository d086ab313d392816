import JSONCore
import NotebookDocument
import NotebookExecution
import PipelineExecution
import Pipelines
import Reports
import RunEvents
import RunRecord
import RunViews

/// Pages of runs: their reports, and their notebooks, complete or as far as they are.
struct RunPages {
  private let record: RunRecordAccess

  init(_ record: RunRecordAccess) {
    self.record = record
  }

  /// The report of a run.
  ///
  /// - Throws: ``WebError``.
  func report(of run: AnyRun) throws(WebError) -> [UInt8] {
    guard let number = run.number else {
      return try page(of: try RunNode(run, 0, record))
    }
    let history = try record.pipelines()
    let report = try record.reported { () throws(HistoryError) -> RecordedReport? in
      guard let history, let recorded = try history.run(number) else { return nil }
      return try history.report(of: recorded)
    }
    guard let report else { throw .notFound("there is no run '\(run.name)'") }
    return Array(
      HTMLReport(
        pipeline: report.pipeline, graph: report.graph, result: report.result, name: report.name,
        documents: RunDocuments(of: history)
      ).html().utf8)
  }

  /// The page of a node's notebook.
  ///
  /// - Throws: ``WebError`` if it has none.
  func page(of node: RunNode) throws(WebError) -> [UInt8] {
    let (document, run) = try notebook(of: node)
    let path = node.file ?? node.run.file
    return NotebookPage(
      document, name: PipelinePath.name(path), run: run, terminal: terminalText,
      image: { NotebookImages.image($0, in: PipelinePath.folder(path)) }
    ).html()
  }

  /// A node's notebook with the outputs of the run.
  ///
  /// - Throws: ``WebError`` if it has none.
  func notebook(of node: RunNode) throws(WebError) -> (
    document: NotebookDocument, run: NotebookPage.Run
  ) {
    guard let recorded = node.node else {
      let notebook = try record.reported { () throws(HistoryError) in
        try RecordedNotebook(node.run)
      }
      return (notebook.document, notebook.run)
    }
    if let name = recorded.executed, let history = try record.pipelines() {
      let bytes = try record.reported { () throws(HistoryError) in try history.content(name) }
      do throws(NotebookError) {
        return (
          try NotebookDocument(bytes),
          NotebookPage.Run(
            result: RunPages.result(recorded), message: nil, started: recorded.started)
        )
      } catch {
        throw .failure("the executed notebook in the record cannot be read: \(error)")
      }
    }
    return try unfinished(node)
  }

  /// How a node's notebook ended, for its page.
  private static func result(_ node: RecordedNode) -> RunResult {
    let cells = node.cells
    let outcome: RunOutcome
    switch node.status {
    case "succeeded", "cached": outcome = .completed
    case "interrupted", "killed": outcome = .stopped(signal: 0)
    default:
      outcome = .failed(cell: cells.firstIndex { $0.status == .failed } ?? 0)
    }
    return RunResult(outcome: outcome, cells: cells, duration: node.duration ?? .zero)
  }

  /// A notebook as far as it is: the file's cells with the outputs that the log of the run has.
  private func unfinished(_ node: RunNode) throws(WebError) -> (NotebookDocument, NotebookPage.Run)
  {
    let place = node.place
    let notebook = try record.reported { () throws(HistoryError) in
      try UnfinishedNotebook(node.run, file: node.file) { $0.node?.place == place }
    }
    guard let notebook else {
      throw .notFound(
        "the node at the place \(place) of run \(node.run.name) has no notebook",
        remedy: "it has not started, or runs a script")
    }
    return (notebook.document, notebook.run)
  }
}

import NotebookDocument
import PipelineExecution
import Pipelines
import Reports
import RunEvents
import RunRecord
import RunViews

/// The report files of a pipeline's run, either just ended or recorded.
struct PipelineReports {
  let name: String
  let pipeline: Pipeline
  let graph: PipelineGraph
  let result: PipelineResult
  let history: PipelineHistory?
  /// The executed notebooks that are not stored in a record, by the places of their nodes.
  var unrecorded: [Int: NotebookDocument] = [:]

  /// Writes a JUnit report.
  ///
  /// - Returns: why it could not be written; nil on success.
  func writeJUnit(to file: OutputFile) -> String? {
    let report = JUnitReport()
    report.add(pipeline: name, result)
    return file.writeReport(report.text)
  }

  /// Writes the HTML report.
  ///
  /// - Returns: why it could not be written; nil on success.
  func writeHTML(to file: OutputFile) -> String? {
    let report = HTMLReport(
      pipeline: pipeline, graph: graph, result: result, name: name, documents: documents)
    return file.writeReport(report.html())
  }

  private var documents: RunDocuments { RunDocuments(of: history, unrecorded: unrecorded) }
}

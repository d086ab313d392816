import NotebookDocument
import NotebookExecution
import PipelineExecution
import Pipelines
import Reports
import RunEvents
import RunRecord
import SystemSupport

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

  private var documents: RunDocuments {
    RunDocuments(
      notebook: { node in
        if let document = unrecorded[node.place] { return document }
        guard let name = node.executed, let bytes = try history?.content(name) else { return nil }
        return try NotebookDocument(bytes)
      },
      end: PipelineReports.end, terminal: terminalText)
  }

  /// The last lines of a file.
  private static func end(of path: String, limit: Int) -> LogEnd? {
    guard let (bytes, isCut) = try? fileEnd(path, limit: limit) else { return nil }
    var rest = bytes[...]
    if isCut { rest = rest.drop { $0 != 0x0A }.dropFirst() }
    return LogEnd(text: String(decoding: rest, as: UTF8.self), isCut: isCut)
  }
}

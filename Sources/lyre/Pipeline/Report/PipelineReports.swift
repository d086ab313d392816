import NotebookDocument
import PipelineExecution
import Pipelines

/// The files that tell of a pipeline's run, of one that has just ended or one of the record.
struct PipelineReports {
  let name: String
  let pipeline: Pipeline
  let graph: PipelineGraph
  let result: PipelineResult
  let history: PipelineHistory?

  /// Writes a JUnit report.
  ///
  /// - Returns: why it could not be written; nil when it was.
  func writeJUnit(to file: OutputFile) -> String? {
    let report = JUnitReport()
    report.add(pipeline: name, result)
    return failure(of: file) { (file) throws(NotebookError) in try report.write(to: file) }
  }

  /// Writes the HTML report.
  ///
  /// - Returns: why it could not be written; nil when it was.
  func writeHTML(to file: OutputFile) -> String? {
    let report = HTMLReport(
      pipeline: pipeline, graph: graph, result: result, name: name, history: history)
    return failure(of: file) { (file) throws(NotebookError) in try file.write(report.html()) }
  }

  private func failure(
    of file: OutputFile, _ body: (OutputFile) throws(NotebookError) -> Void
  ) -> String? {
    do throws(NotebookError) {
      try body(file)
      return nil
    } catch {
      return "the report '\(file.path)' cannot be written: \(error.message)"
    }
  }
}

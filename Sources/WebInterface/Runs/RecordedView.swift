import JSONCore
import PipelineExecution
import Pipelines
import Reports
import RunRecord
import RunViews

/// The pipeline of a run as the page draws it.
struct RecordedView {
  /// The view; nil if there is none.
  let json: JSONObject?

  /// Makes the view from the pipeline's file as it is now, if it still has the nodes of the run.
  ///
  /// The file has positions, comments and super nodes; the record has nodes and links only.
  ///
  /// - Throws: ``WebError`` if the record cannot be read.
  init(
    _ run: AnyRun, _ report: RecordedReport, _ folder: ServedFolder, _ record: RunRecordAccess
  ) throws(WebError) {
    let ids = Set(report.pipeline.executableNodes.map(\.id))
    if let path = folder.relative(run.file), let file = try? PipelineFile(path, in: folder),
      let bytes = try? file.read(),
      let document = try? PipelineDocument(bytes, locating: file.surroundings.locating)
    {
      let pipeline = document.pipeline
      if Set(pipeline.executableNodes.map(\.id)) == ids {
        json = PipelineView(document, pipeline, markdown: CommentMarkup.html).json
        return
      }
    }
    let history = try record.pipelines()
    let plan = try record.reported { () throws(HistoryError) -> [UInt8]? in
      guard let number = run.number, let name = try history?.run(number)?.plan else { return nil }
      return try history?.content(name)
    }
    json = plan.flatMap { try? PipelineDocument($0) }.map {
      PipelineView($0, markdown: CommentMarkup.html).json
    }
  }
}

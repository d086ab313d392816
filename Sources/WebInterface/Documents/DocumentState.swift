import JSONCore
import PipelineExecution
import Pipelines
import Reports

/// A document with what the page shows of it.
struct DocumentState {
  let document: PipelineDocument
  let findings: [Finding]
  let view: JSONObject

  /// Reads and validates a text.
  ///
  /// - Throws: ``WebError`` with the findings if it is not a pipeline.
  init(_ text: [UInt8], _ files: PipelineFolder) throws(WebError) {
    self.init(try DocumentState.document(text, files), files)
  }

  /// Reads a text without validating it.
  ///
  /// - Throws: ``WebError`` with the findings if it is not a pipeline.
  static func document(_ text: [UInt8], _ files: PipelineFolder) throws(WebError)
    -> PipelineDocument
  {
    do throws(PipelineError) {
      return try PipelineDocument(text, locating: files.locating)
    } catch {
      let findings = PipelineValidation(for: .local).findings(
        in: text, files: files, locating: files.locating)
      throw WebError(
        422, "not_pipeline", "\(error)",
        members: ["findings": .array(findings.map { .object($0.json) })])
    }
  }

  init(_ document: PipelineDocument, _ files: PipelineFolder) {
    let pipeline = document.pipeline
    self.document = document
    findings = PipelineValidation(for: .local).findings(in: document, pipeline, files: files)
    view =
      PipelineView(
        document, pipeline, findings: findings, markdown: CommentMarkup.html
      ).json
  }
}

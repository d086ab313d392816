import ComponentCatalogs
import JSONCore
import KernelLauncher
import PipelineExecution
import Pipelines

/// A text of the page, and what is asked for it.
struct DocumentEdits {
  private let request: JSONObject
  private let file: PipelineFile
  private let text: [UInt8]

  /// Reads a request's content.
  ///
  /// - Parameter name: the member with the text.
  /// - Throws: ``WebError``.
  init(_ request: JSONObject, _ folder: ServedFolder, text name: String = "text") throws(WebError) {
    self.request = request
    file = try PipelineFile(try request.text("path"), in: folder)
    text = Array(try request.text(name).utf8)
  }

  /// The folder of the pipeline, below the one that is served.
  private var folder: String { PipelinePath.folder(file.path) }

  private func document() throws(WebError) -> PipelineDocument {
    do throws(PipelineError) {
      return try PipelineDocument(text, locating: file.surroundings.locating)
    } catch {
      throw WebError(422, "not_pipeline", "\(error)")
    }
  }

  /// The text with the edits, and what the page shows of it.
  ///
  /// - Throws: ``WebError`` with the edit that cannot be applied.
  func applied() throws(WebError) -> WebResponse {
    let values = request["edits"] ?? []
    var document = try DocumentState.document(text, file.surroundings)
    let created: [String]
    do throws(PipelineEditError) {
      let edits = try PipelineEdit.list(json: values)
      created = try document.apply(edits, with: context(values))
    } catch {
      throw WebError(
        422, "edit_refused", "\(error.reason)", members: ["edit": .init(error.index)])
    }
    let bytes = document.serialized()
    let state = DocumentState(document, file.surroundings)
    return WebResponse(json: [
      "text": .init(String(decoding: bytes, as: UTF8.self)), "view": .object(state.view),
      "findings": .array(state.findings.map { .object($0.json) }),
      "created": .array(created.map { .init($0) }),
    ])
  }

  /// The catalogs are read only if an edit adds a component.
  private func context(_ edits: JSONValue) -> PipelineEditContext {
    let addsComponent = edits.array?.contains { $0["component"]?.string != nil } ?? false
    return PipelineEditContext(
      components: addsComponent ? ComponentCatalogs(JupyterPaths()).components : [],
      folder: folder)
  }

  /// Nodes for the clipboard.
  ///
  /// - Throws: ``WebError``.
  func copied() throws(WebError) -> WebResponse {
    let (document, ids) = (try document(), try request.texts("ids"))
    do throws(PipelineError) {
      return WebResponse(json: [
        "content": .init(try PipelineClipboard(document, ids, folder: folder).content)
      ])
    } catch {
      throw WebError(422, "not_copied", "\(error)")
    }
  }

  /// The page's text merged with that of the file.
  ///
  /// - Throws: ``WebError``.
  func merged() throws(WebError) -> WebResponse {
    let (base, theirs) = (try request.text("base"), try request.text("theirs"))
    let merge: PipelineMerge
    do throws(PipelineError) {
      merge = try PipelineMerge(base: Array(base.utf8), mine: text, theirs: Array(theirs.utf8))
    } catch {
      throw WebError(422, "not_merged", "\(error)")
    }
    let state = try DocumentState(merge.bytes, file.surroundings)
    return WebResponse(json: [
      "text": .init(String(decoding: merge.bytes, as: UTF8.self)), "view": .object(state.view),
      "findings": .array(state.findings.map { .object($0.json) }),
      "conflicts": .array(merge.conflicts.map { .object($0.json) }),
    ])
  }
}

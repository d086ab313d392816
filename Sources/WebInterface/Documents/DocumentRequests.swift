import ComponentCatalogs
import JSONCore
import KernelLauncher
import PipelineExecution
import Pipelines
import SystemSupport

/// Answers requests about pipelines' documents.
///
/// Nothing about a document is kept: the page has its text, and gets a new one for each change.
struct DocumentRequests: Sendable {
  private let folder: ServedFolder
  /// Held from the comparison of a file's content to its replacement.
  private let saving = Saving()

  init(_ folder: ServedFolder) {
    self.folder = folder
  }

  /// The addresses.
  var routes: [Route] {
    [
      Route("GET", "api/pipeline") { request, _ throws(WebError) in try open(request) },
      Route("PUT", "api/pipeline") { request, _ throws(WebError) in try save(request) },
      Route("POST", "api/pipeline/apply") { request, _ throws(WebError) in
        try DocumentEdits(try request.object(), folder).applied()
      },
      Route("POST", "api/pipeline/copy") { request, _ throws(WebError) in
        try DocumentEdits(try request.object(), folder).copied()
      },
      Route("POST", "api/pipeline/merge") { request, _ throws(WebError) in
        try DocumentEdits(try request.object(), folder, text: "mine").merged()
      },
      Route("GET", "api/form") { _, _ in WebResponse(json: PipelineForm.json) },
      Route("GET", "api/components") { _, _ in
        let catalogs = ComponentCatalogs(JupyterPaths())
        return WebResponse(json: [
          "components": .array(catalogs.components.map { .object($0.json) }),
          "problems": .array(catalogs.problems.map { .init($0) }),
        ])
      },
    ]
  }

  // MARK: Files

  private func open(_ request: WebRequest) throws(WebError) -> WebResponse {
    let file = try PipelineFile(try request.parameter("path"), in: folder)
    let bytes = try file.read()
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw WebError(422, "not_pipeline", "'\(file.path)' is not UTF-8")
    }
    let tag = contentTag(bytes)
    var object: JSONObject = [
      "path": .init(file.path), "etag": .init(tag), "text": .init(text),
    ]
    do throws(WebError) {
      let state = try DocumentState(bytes, file.surroundings)
      object["migrated_from"] =
        state.document.version < PipelineDocument.currentVersion
        ? .init(state.document.version) : .null
      object["view"] = .object(state.view)
      object["findings"] = .array(state.findings.map { .object($0.json) })
    } catch {
      var error = error
      // The page can show the text.
      for member in object { error.members.append(key: member.key, value: member.value) }
      throw error
    }
    return WebResponse(json: object, headers: [("ETag", "\"\(tag)\"")])
  }

  private func save(_ request: WebRequest) throws(WebError) -> WebResponse {
    let file = try PipelineFile(try request.parameter("path"), in: folder)
    let text = Array(try request.object().text("text").utf8)
    let isNew = request.headers["if-none-match"] == "*"
    let wanted = request.headers["if-match"].map { $0.filter { $0 != "\"" } }
    guard isNew || wanted != nil else {
      throw WebError(
        428, "no_condition", "the header If-Match or If-None-Match: * is missing")
    }
    return try saving.alone { () throws(WebError) in
      if isNew { return saved(try file.create(text)) }
      let current = FilePath.exists(file.real) ? try file.read() : nil
      let tag = current.map(contentTag)
      guard tag == wanted else {
        throw WebError(
          412, "changed_on_disk",
          current == nil
            ? "'\(file.path)' was removed" : "'\(file.path)' was changed by another program",
          remedy: "merge the changes, or save under another name",
          members: [
            "etag": tag.map { .init($0) } ?? .null,
            "text": current.map { .init(String(decoding: $0, as: UTF8.self)) } ?? .null,
          ])
      }
      return saved(current == text ? contentTag(text) : try file.write(text))
    }
  }

  private func saved(_ tag: String) -> WebResponse {
    WebResponse(json: ["etag": .init(tag)], headers: [("ETag", "\"\(tag)\"")])
  }
}

import Glibc
import JSONCore
import PipelineExecution
import Pipelines
import SystemSupport

/// Answers requests about the files of the folder.
struct FileRequests: Sendable {
  private let folder: ServedFolder

  init(_ folder: ServedFolder) {
    self.folder = folder
  }

  /// The addresses.
  var routes: [Route] {
    [
      Route("GET", "api/files") { request, _ throws(WebError) in try list(request) },
      Route("POST", "api/files") { request, _ throws(WebError) in try create(request) },
    ]
  }

  private func list(_ request: WebRequest) throws(WebError) -> WebResponse {
    if let text = request.query["search"], !text.isEmpty {
      return FileListing(folder, containing: text).response("")
    }
    let path = request.query["folder"] ?? ""
    return try FileListing(folder, of: path).response(path)
  }

  /// Creates an empty pipeline.
  private func create(_ request: WebRequest) throws(WebError) -> WebResponse {
    let object = try request.object()
    let path = try object.text("path")
    let file = try PipelineFile(path, in: folder)
    let name = object["name"]?.string ?? file.name
    let text = PipelineDocument(name: name).serialized()
    let tag = try file.create(text)
    return WebResponse(json: ["path": .init(path), "etag": .init(tag)], status: 201)
  }
}

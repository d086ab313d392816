import Glibc
import JSONCore
import NotebookDocument
import NotebookExecution
import NotebookParameters
import PipelineExecution
import Pipelines
import Reports
import RunViews
import SystemSupport

/// Answers requests about the files of the folder.
struct FileRequests: Sendable {
  /// The most matches of a pattern that are listed.
  private static let mostMatches = 200
  /// The largest file that is shown, in bytes.
  private static let mostShownBytes = 64 << 20

  private let folder: ServedFolder

  init(_ folder: ServedFolder) {
    self.folder = folder
  }

  /// The addresses.
  var routes: [Route] {
    [
      Route("GET", "api/files") { request, _ throws(WebError) in try list(request) },
      Route("POST", "api/files") { request, _ throws(WebError) in try create(request) },
      Route("GET", "api/files/about") { request, _ throws(WebError) in try about(request) },
      Route("GET", "api/files/matches") { request, _ throws(WebError) in try matches(request) },
      Route("GET", "api/files/view") { request, _ throws(WebError) in try view(request) },
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

  /// The path, relative to the folder, of a file that a node of a pipeline names.
  private func path(of file: String, in pipeline: String) throws(WebError) -> String {
    guard !file.hasPrefix("/") else {
      throw .forbidden("outside", "'\(file)' is an absolute path")
    }
    return PipelinePath.joined(PipelinePath.folder(pipeline), file)
  }

  private func about(_ request: WebRequest) throws(WebError) -> WebResponse {
    let file = try request.parameter("file")
    let path = try path(of: file, in: try request.parameter("pipeline"))
    let real: String
    do throws(WebError) {
      real = try folder.existing(path)
    } catch {
      guard error.status == 404 else { throw error }
      return WebResponse(json: [
        "exists": false, "kind": .init(FileKinds.kind(of: file)), "environment": [],
        "parameters": [], "kernel": .null,
      ])
    }
    let isFolder = FilePath.isDirectory(real)
    let facts = isFolder ? nil : FileFacts(real)
    return WebResponse(json: [
      "exists": true, "kind": .init(isFolder ? "folder" : FileKinds.kind(of: file)),
      "environment": .array((facts?.environment ?? []).map { .init($0) }),
      "parameters": .array(
        (facts?.parameters ?? []).map { parameter in
          [
            "name": .init(parameter.name), "type": parameter.type.map { .init($0) } ?? .null,
            "default": .init(parameter.defaultValue), "help": .init(parameter.help),
          ]
        }), "kernel": facts?.kernel.map { .init($0) } ?? .null,
    ])
  }

  /// The files that a pattern of a node's inputs or outputs matches; it is relative to the folder of
  /// the node's file.
  private func matches(_ request: WebRequest) throws(WebError) -> WebResponse {
    let pattern = try request.parameter("pattern")
    let node = request.query["node"] ?? ""
    let path = try path(
      of: PipelinePath.joined(PipelinePath.folder(node), pattern),
      in: try request.parameter("pipeline"))
    let fixed = PipelinePath.folder(path)
    guard !fixed.hasPrefix("..") else {
      throw .forbidden("outside", "the pattern '\(pattern)' leads out of the folder that is served")
    }
    // The served folder's own name is no pattern.
    let root = folder.root.reduce(into: "") { text, next in
      if "\\*?[".contains(next) { text.append("\\") }
      text.append(next)
    }
    let all = FilePath.matches("\(root)/\(path)")
    let found = all.compactMap { match -> String? in
      guard let relative = folder.relative(match), (try? folder.existing(relative)) != nil else {
        return nil
      }
      return relative
    }
    return WebResponse(json: [
      "count": .init(found.count),
      "entries": .array(found.prefix(FileRequests.mostMatches).map { .init($0) }),
    ])
  }

  /// A notebook, or a script with colours, as a page.
  private func view(_ request: WebRequest) throws(WebError) -> WebResponse {
    let path = try request.parameter("path")
    let real = try folder.existing(path)
    guard FilePath.isFile(real) else { throw .invalid("'\(path)' is not a regular file") }
    let bytes: [UInt8]
    do throws(SystemError) {
      bytes = try fileContent(real, maximum: FileRequests.mostShownBytes)
    } catch {
      throw .failure("'\(path)' cannot be read: \(error)")
    }
    return WebResponse(
      headers: SecurityHeaders.foreign, body: .bytes(try FileRequests.page(bytes, real, path)))
  }

  private static func page(_ bytes: [UInt8], _ real: String, _ path: String) throws(WebError)
    -> [UInt8]
  {
    guard PipelinePath.suffix(path) == "ipynb" else {
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw WebError(422, "not_text", "'\(path)' is not text in UTF-8")
      }
      return CodePage(text, name: PipelinePath.name(path)).html()
    }
    do throws(NotebookError) {
      return NotebookPage(
        try NotebookDocument(bytes), name: PipelinePath.name(path), terminal: terminalText,
        image: { NotebookImages.image($0, in: PipelinePath.folder(real)) }
      ).html()
    } catch {
      throw WebError(422, "not_notebook", "'\(path)' cannot be shown: \(error)")
    }
  }
}

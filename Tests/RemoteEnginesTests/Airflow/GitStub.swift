import JSONCore
import RealKernels
import RemoteEngines
import Synchronization

/// A server of Git with one repository, `acme/dags` with the branch `main`, that answers as the real ones do.
final class GitStub: Sendable {
  typealias Reply = TestServer.Reply

  private let kind: GitServer
  private let files: Mutex<[String: String]>
  /// Answers that come instead of those to requests for commits, in their order.
  private let refusals: Mutex<[Reply]>

  init(_ kind: GitServer, files: [String: String] = [:], refusals: [Reply] = []) {
    self.kind = kind
    self.files = Mutex(files)
    self.refusals = Mutex(refusals)
  }

  /// The files of the branch.
  var content: [String: String] { files.withLock { $0 } }

  static func json(_ status: Int, _ value: JSONValue) -> Reply {
    Reply(
      status, String(decoding: value.serialized(), as: UTF8.self),
      [("content-type", "application/json")])
  }

  /// What the server says without the right token.
  private var unknown: Reply {
    switch kind {
    case .gitHub: GitStub.json(401, ["message": "Bad credentials", "status": "401"])
    case .gitLab: GitStub.json(401, ["message": "401 Unauthorized"])
    case .gitea: GitStub.json(401, ["message": "invalid username, password or token"])
    }
  }

  private func missing(_ what: String) -> Reply {
    switch kind {
    case .gitHub:
      GitStub.json(404, ["message": .init(what == "branch" ? "Branch not found" : "Not Found")])
    case .gitLab:
      GitStub.json(
        404,
        [
          "message": .init(
            what == "branch"
              ? "404 Branch Not Found"
              : what == "file" ? "404 File Not Found" : "404 Project Not Found")
        ])
    case .gitea:
      GitStub.json(
        404,
        [
          "message": "The target couldn't be found.",
          "errors": what == "branch" ? ["branch does not exist [name: main]"] : nil,
        ])
    }
  }

  private func isKnown(_ request: TestServer.Request) -> Bool {
    switch kind {
    case .gitHub: request["authorization"] == "Bearer secret-token"
    case .gitLab: request["private-token"] == "secret-token"
    case .gitea: request["authorization"] == "token secret-token"
    }
  }

  private var root: String {
    switch kind {
    case .gitHub: "/repos/acme/dags"
    case .gitLab: "/api/v4/projects/acme%2Fdags/repository"
    case .gitea: "/api/v1/repos/acme/dags"
    }
  }

  /// Answers a request.
  func answer(_ request: TestServer.Request) -> TestServer.Answer {
    guard isKnown(request) else { return .reply(unknown) }
    guard request.target.hasPrefix(root) else { return .reply(missing("repository")) }
    let path = request.target.dropFirst(root.count).prefix { $0 != "?" }
    if path.hasPrefix("/branches/") {
      return .reply(
        path == "/branches/main" ? GitStub.json(200, ["name": "main"]) : missing("branch"))
    }
    let folder = kind == .gitLab ? "/files/" : "/contents/"
    guard path.hasPrefix(folder) else { return .reply(missing("page")) }
    let file = String(path.dropFirst(folder.count)).replacing("%2F", with: "/")
    return .reply(request.method == "GET" ? read(file, request) : write(file, request))
  }

  private func read(_ file: String, _ request: TestServer.Request) -> Reply {
    guard let text = content[file] else { return missing("file") }
    if request["accept"] == "application/vnd.github.raw+json" { return Reply(200, text) }
    // GitHub sends no content of large files, and breaks lines of base64.
    let isLarge = kind == .gitHub && text.utf8.count > 1000
    let encoded = isLarge ? "" : Base64.encoded(Array(text.utf8))
    let lines = kind == .gitHub ? encoded.prefix(60) + "\n" + encoded.dropFirst(60) : encoded[...]
    return GitStub.json(
      200,
      [
        "type": "file", "encoding": .init(isLarge ? "none" : "base64"),
        "content": .init(String(lines)), "sha": .init(GitStub.revision(text)),
        "last_commit_id": .init(GitStub.revision(text)),
      ])
  }

  static func revision(_ text: String) -> String { "revision-\(text.utf8.count)" }

  private func write(_ file: String, _ request: TestServer.Request) -> Reply {
    if let refusal = refusals.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { return refusal }
    guard let body = try? JSONValue(parsing: request.body), body["branch"] == "main",
      let content = body["content"]?.string.flatMap({ Base64.decoded($0) })
    else { return GitStub.json(422, ["message": "Invalid request."]) }
    let revision = body[kind == .gitLab ? "last_commit_id" : "sha"]?.string
    let present = self.content[file]
    let isNew = kind == .gitHub ? present == nil : request.method == "POST"
    guard isNew == (present == nil), revision == present.map(GitStub.revision) else {
      return GitStub.json(422, ["message": "sha does not match"])
    }
    files.withLock { $0[file] = String(decoding: content, as: UTF8.self) }
    return GitStub.json(isNew ? 201 : 200, kind == .gitLab ? [:] : ["commit": ["sha": "c0ffee"]])
  }
}

import JSONCore
import ObjectStorage

/// The interface of GitHub and GitHub Enterprise, and that of Gitea and Forgejo, which is nearly the same.
struct ContentsInterface: GitInterface {
  private let repository: GitRepository
  private let isGitHub: Bool

  init(_ repository: GitRepository) {
    self.repository = repository
    isGitHub = repository.server == .gitHub
  }

  var right: String {
    isGitHub
      ? "the right to write the contents of the repository (Contents: Read and write, or the scope repo)"
      : "the right write:repository"
  }

  var headers: [(name: String, value: String)] {
    isGitHub
      ? [
        ("accept", "application/vnd.github+json"), ("authorization", "Bearer \(repository.token)"),
        ("x-github-api-version", "2022-11-28"),
      ] : [("accept", "application/json"), ("authorization", "token \(repository.token)")]
  }

  private var root: String {
    "\(repository.address)\(isGitHub ? "" : "/api/v1")/repos/\(PercentEncoding.path(repository.name))"
  }

  private func url(_ path: String) -> String { "\(root)/contents/\(PercentEncoding.path(path))" }

  var rights: WebExchange.Request { .init("GET", root) }

  func mayPush(_ answer: JSONObject) -> Bool? { answer["permissions"]?["push"]?.bool }

  var branch: WebExchange.Request {
    .init("GET", "\(root)/branches/\(PercentEncoding.path(repository.branch))")
  }

  func file(_ path: String) -> WebExchange.Request {
    .init("GET", "\(url(path))?ref=\(PercentEncoding.value(repository.branch))")
  }

  func content(_ path: String) -> WebExchange.Request? {
    guard isGitHub else { return nil }
    var request = file(path)
    request.headers = [("accept", "application/vnd.github.raw+json")]
    return request
  }

  func commit(
    _ path: String, _ content: [UInt8], replacing present: GitFile?, _ message: String
  ) -> WebExchange.Request {
    var body: JSONObject = [
      "message": .init(message), "content": .init(Base64.encoded(content)),
      "branch": .init(repository.branch),
    ]
    if let present { body["sha"] = .init(present.revision) }
    let method = isGitHub || present != nil ? "PUT" : "POST"
    return .init(method, url(path), body: JSONValue.object(body).serialized())
  }

  func isStale(_ status: Int, _ words: String) -> Bool {
    if isGitHub, status == 409 {
      return words.contains("does not match") || words.contains("but expected")
    }
    return status == 422
      && ["does not match", "already exists", "\"sha\" wasn't supplied"].contains(
        where: words.contains)
  }
}

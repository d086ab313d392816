import JSONCore
import ObjectStorage

/// The interface of GitLab.
struct GitLabInterface: GitInterface {
  private let repository: GitRepository

  init(_ repository: GitRepository) { self.repository = repository }

  var right: String {
    "the scope api, and its user a role that may push to this branch (Developer, or Maintainer if it "
      + "is protected)"
  }

  var headers: [(name: String, value: String)] {
    [("accept", "application/json"), ("private-token", repository.token)]
  }

  private var project: String {
    "\(repository.address)/api/v4/projects/\(PercentEncoding.value(repository.name))"
  }

  private var root: String { "\(project)/repository" }

  private func url(_ path: String) -> String { "\(root)/files/\(PercentEncoding.value(path))" }

  var rights: WebExchange.Request { .init("GET", project) }

  /// The level of access from which a user may push: Developer.
  private static let pushLevel = 30

  func mayPush(_ answer: JSONObject) -> Bool? {
    let levels = ["project_access", "group_access"].compactMap {
      answer["permissions"]?[$0]?["access_level"]?.int
    }
    return levels.max().map { $0 >= GitLabInterface.pushLevel }
  }

  var branch: WebExchange.Request {
    .init("GET", "\(root)/branches/\(PercentEncoding.value(repository.branch))")
  }

  func file(_ path: String) -> WebExchange.Request {
    .init("GET", "\(url(path))?ref=\(PercentEncoding.value(repository.branch))")
  }

  func commit(
    _ path: String, _ content: [UInt8], replacing present: GitFile?, _ message: String
  ) -> WebExchange.Request {
    var body: JSONObject = [
      "branch": .init(repository.branch), "commit_message": .init(message), "encoding": "base64",
      "content": .init(Base64.encoded(content)),
    ]
    if let present { body["last_commit_id"] = .init(present.revision) }
    return .init(
      present == nil ? "POST" : "PUT", url(path), body: JSONValue.object(body).serialized())
  }

  func isStale(_ status: Int, _ words: String) -> Bool {
    status == 400 && (words.contains("already exists") || words.contains("has changed since"))
  }
}

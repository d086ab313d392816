import JSONCore

/// The interface of a server of git: what is asked to learn whether DAGs can be pushed.
struct GitHost {
  private let server: GitServer
  private let address: String
  private let repository: String
  private let branch: String

  /// The repository of a configuration; nil if a member is missing.
  init?(_ runtime: RuntimeConfiguration) {
    guard var address = runtime.gitEndpoint, let repository = runtime.gitRepository,
      let branch = runtime.gitBranch
    else { return nil }
    server = runtime.gitServer
    for end in ["/api/v1", "/api/v4"] where server != .gitHub && address.hasSuffix(end) {
      address = String(address.dropLast(end.count))
    }
    self.address = address
    self.repository = repository
    self.branch = branch
  }

  /// The URL of the repository.
  var repositoryURL: String {
    switch server {
    case .gitHub: "\(address)/repos/\(repository)"
    case .gitea: "\(address)/api/v1/repos/\(repository)"
    case .gitLab: "\(address)/api/v4/projects/\(FormText.encoded(repository))"
    }
  }

  /// The URL of the branch.
  var branchURL: String {
    let name = FormText.encoded(branch)
    return server == .gitLab
      ? "\(repositoryURL)/repository/branches/\(name)" : "\(repositoryURL)/branches/\(name)"
  }

  /// The header with the token.
  func header(_ token: String) -> (name: String, value: String) {
    switch server {
    case .gitHub: ("authorization", "Bearer \(token)")
    case .gitea: ("authorization", "token \(token)")
    case .gitLab: ("private-token", token)
    }
  }

  /// Whether the user of the token may push, as the answer about the repository says; nil if it does not.
  func mayPush(_ answer: JSONObject) -> Bool? {
    guard let rights = answer["permissions"]?.object else { return nil }
    guard server == .gitLab else { return rights["push"]?.bool }
    let levels = ["project_access", "group_access"].compactMap { rights[$0]?["access_level"]?.int }
    return levels.max().map { $0 >= 30 }
  }
}

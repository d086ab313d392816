/// A member of a runtime configuration.
package enum RuntimeKey: String, Sendable, Hashable, CaseIterable {
  case runtimeType = "runtime_type"
  case description
  case tags
  case apiEndpoint = "api_endpoint"
  case publicAPIEndpoint = "public_api_endpoint"
  case userNamespace = "user_namespace"
  case engine
  case authType = "auth_type"
  case apiUsername = "api_username"
  case apiPassword = "api_password"
  case gitType = "git_type"
  case gitAPIEndpoint = "github_api_endpoint"
  case gitRepository = "github_repo"
  case gitBranch = "github_branch"
  case gitToken = "github_repo_token"
  case cosEndpoint = "cos_endpoint"
  case publicCOSEndpoint = "public_cos_endpoint"
  case cosBucket = "cos_bucket"
  case cosAuthType = "cos_auth_type"
  case cosSecret = "cos_secret"
  case cosUsername = "cos_username"
  case cosPassword = "cos_password"

  /// The members about the repository of DAGs.
  package static let git: [RuntimeKey] = [
    .gitType, .gitAPIEndpoint, .gitRepository, .gitBranch, .gitToken,
  ]

  /// Whether its value is a password or a token.
  package var isSecret: Bool { [.apiPassword, .cosPassword, .gitToken].contains(self) }

  /// Whether its value is the URL of a server.
  package var isAddress: Bool {
    [.apiEndpoint, .publicAPIEndpoint, .gitAPIEndpoint, .cosEndpoint, .publicCOSEndpoint]
      .contains(self)
  }

  /// The option that sets it.
  package var option: String { "--" + rawValue.replacing("_", with: "-") }

  /// What Elyra's editor says about it.
  package var title: String {
    switch self {
    case .runtimeType: "type"
    case .description: "description"
    case .tags: "tags"
    case .apiEndpoint: "server"
    case .publicAPIEndpoint: "server for links"
    case .userNamespace: "namespace"
    case .engine: "workflow engine"
    case .authType: "login"
    case .apiUsername: "user"
    case .apiPassword: "password or token"
    case .gitType: "git server"
    case .gitAPIEndpoint: "git interface"
    case .gitRepository: "repository"
    case .gitBranch: "branch"
    case .gitToken: "git token"
    case .cosEndpoint: "storage"
    case .publicCOSEndpoint: "storage for links"
    case .cosBucket: "bucket"
    case .cosAuthType: "storage login"
    case .cosSecret: "cluster's secret"
    case .cosUsername: "storage user"
    case .cosPassword: "storage password"
    }
  }
}

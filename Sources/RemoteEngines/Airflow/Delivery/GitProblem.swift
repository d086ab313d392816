import JSONCore
import ObjectStorage

/// Why a Git server refused a request, in words that say what to do.
struct GitProblem {
  /// What the request was for.
  enum Purpose {
    case repository
    case branch
    /// The branch of a repository that is there.
    case branchOfRepository
    case file(String)
    case commit(String)
  }

  private let answer: WebExchange.Answer
  private let repository: GitRepository
  private let right: String

  init(_ answer: WebExchange.Answer, _ repository: GitRepository, right: String) {
    self.answer = answer
    self.repository = repository
    self.right = right
  }

  /// The error.
  func error(_ purpose: Purpose) -> EngineError {
    let (kind, text) = kindAndText(purpose)
    return EngineError(kind, text, place: repository.shownAddress, status: answer.status)
  }

  private var status: Int { answer.status }

  private func kindAndText(_ purpose: Purpose) -> (EngineError.Kind, String) {
    let said = GitProblem.words(answer).map { ": \($0)" } ?? ""
    let name = repository.server.label
    let does =
      switch purpose {
      case .repository: "look up the repository \(repository.name)"
      case .branch, .branchOfRepository:
        "look up the branch \(repository.branch) of \(repository.name)"
      case .file(let file): "read \(repository.place(file))"
      case .commit(let file): "commit \(repository.place(file))"
      }
    let failed = "could not \(does)"
    switch status {
    case 200..<300:
      return (
        .version,
        "\(failed): this is not the interface of \(name) (status \(status)); check git_type and "
          + "github_api_endpoint"
      )
    case 300..<400:
      return (
        .missing,
        "\(failed): the repository or its server has moved (status \(status)); write its new name and "
          + "address into the runtime configuration"
      )
    case 401:
      return (
        .denied,
        "\(failed): \(name) does not accept the token\(said) (status 401); it may have expired, so make "
          + "a new one and set github_repo_token"
      )
    case 403, 429:
      if isLimited {
        return (
          .unreachable,
          "\(failed): the limit of requests is reached\(said) (status \(status)); "
            + "\(wait)"
        )
      }
      return (
        .denied, "\(failed): this is not allowed\(said) (status 403); the token needs \(right)"
      )
    case 404: return missing(purpose, failed, said)
    case 409, 422, 400, 423:
      return (
        .conflict,
        "\(failed): \(name) refuses it\(said) (status \(status)); the branch may be protected, or has "
          + "just changed: try again, or let the runtime configuration name a branch that takes commits"
      )
    case 500...:
      return (
        .unreachable, "\(failed): the server failed\(said) (status \(status)); try again later"
      )
    default: return (.rejected, "\(failed)\(said) (status \(status))")
    }
  }

  private func missing(_ purpose: Purpose, _ failed: String, _ said: String) -> (
    EngineError.Kind, String
  ) {
    if case .commit = purpose {
      // It has just said that the branch is there.
      return (.denied, "\(failed): the token must not write\(said) (status 404); it needs \(right)")
    }
    var isBranch = (GitProblem.words(answer) ?? "").lowercased().contains("branch")
    if case .branchOfRepository = purpose { isBranch = true }
    if isBranch {
      return (
        .missing,
        "the repository \(repository.name) has no branch '\(repository.branch)'\(said) (status 404); "
          + "create it, or correct github_branch"
      )
    }
    return (
      .missing,
      "there is no repository \(repository.name), or the token must not see it\(said) (status 404); "
        + "check github_repo, github_api_endpoint and the rights of the token: \(right)"
    )
  }

  private var isLimited: Bool {
    status == 429 || answer["x-ratelimit-remaining"] == "0" || answer["retry-after"] != nil
  }

  private var wait: String {
    answer["retry-after"].map { "try again in \($0) seconds" } ?? "try again later"
  }

  /// What the server says, in one line; nil if it says nothing.
  static func words(_ answer: WebExchange.Answer) -> String? {
    guard let json = try? JSONValue(parsing: answer.body) else { return nil }
    let texts =
      [json["message"]?.string, json["error"]?.string, json["error_description"]?.string]
      + (json["errors"]?.array ?? []).map { $0.string ?? $0["message"]?.string }
    let line = texts.compactMap(\.self).joined(separator: " ").split(whereSeparator: \.isWhitespace)
      .joined(separator: " ")
    return line.isEmpty ? nil : String(line.prefix(400))
  }
}

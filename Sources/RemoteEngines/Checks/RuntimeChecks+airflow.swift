import JSONCore

extension RuntimeChecks {
  /// Whether DAGs can be pushed to the repository, and whether Airflow answers.
  func airflow() async -> [RuntimeCheck] {
    [await repository(), await airflowServer()]
  }

  private func repository() async -> RuntimeCheck {
    guard let host = GitHost(runtime), runtime.secret(.gitToken) != nil else {
      return RuntimeCheck(
        "repository", .problem,
        "not tried: github_api_endpoint, github_repo, github_branch or github_repo_token is missing"
      )
    }
    let name = "\(runtime.gitRepository ?? "") at \(shown(.gitAPIEndpoint))"
    do throws(EngineError) {
      let token = try await runtime.value(of: .gitToken, environment) ?? ""
      guard token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
        return RuntimeCheck(
          "repository", .problem,
          "github_repo_token has characters that no token has; copy it again")
      }
      let request = CheckRequest(exchange: exchange, login: NoLogin())
      let headers = [host.header(token)]
      let found = try await request.get(host.repositoryURL, headers)
      guard found.status == 200, let answer = found.json else {
        return RuntimeCheck("repository", .problem, "\(name): \(RuntimeChecks.reason(found))")
      }
      guard host.mayPush(answer) != false else {
        return RuntimeCheck(
          "repository", .problem,
          "\(name): the user of the token may not push; ask for the right to write, or set another "
            + "--github-repo-token")
      }
      let branch = try await request.get(host.branchURL, headers)
      guard branch.status == 200, branch.json != nil else {
        return RuntimeCheck(
          "repository", .problem,
          "\(name): there is no branch '\(runtime.gitBranch ?? "")' (\(branch.said)); set it with "
            + "--github-branch")
      }
      return RuntimeCheck(
        "repository", .ok,
        "\(name): branch '\(runtime.gitBranch ?? "")' is there, and can be pushed to")
    } catch {
      return problem("repository", error)
    }
  }

  private static func reason(_ answer: CheckRequest.Answer) -> String {
    switch answer.status {
    case 401, 403:
      "the token is not accepted (\(answer.said)); it may have expired: set a new --github-repo-token"
    case 404:
      "there is no such repository, or the token may not see it (\(answer.said)); check github_repo and "
        + "the rights of the token"
    default:
      "this is not the interface of a server of git (\(answer.said)); check git_type and "
        + "github_api_endpoint"
    }
  }

  /// Submissions do not need it, so that it is no problem if it does not answer.
  private func airflowServer() async -> RuntimeCheck {
    guard let server = runtime.apiEndpoint else {
      return RuntimeCheck("server", .problem, "not tried: api_endpoint is missing")
    }
    let request = CheckRequest(exchange: exchange, login: NoLogin())
    var reason = ""
    for version in ["v2", "v1"] {
      do throws(EngineError) {
        let answer = try await request.get("\(server)/api/\(version)/version")
        if let text = answer.json?["version"]?.string, answer.status == 200 {
          return RuntimeCheck("server", .ok, "\(shown(.apiEndpoint)): Airflow \(text)")
        }
        reason = "there is no interface of Airflow (\(answer.said))"
      } catch {
        reason = error.message
      }
    }
    return RuntimeCheck(
      "server", .note,
      "\(shown(.apiEndpoint)): \(reason); runs can be submitted, and not followed")
  }
}

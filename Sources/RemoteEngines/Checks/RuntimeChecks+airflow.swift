extension RuntimeChecks {
  /// Whether DAGs can be pushed to the repository, and whether Airflow answers.
  func airflow() async -> [RuntimeCheck] {
    [await repository(), await airflowServer()]
  }

  private func repository() async -> RuntimeCheck {
    guard runtime.gitEndpoint != nil, let name = runtime.gitRepository,
      let branch = runtime.gitBranch, runtime.secret(.gitToken) != nil
    else {
      return RuntimeCheck(
        "repository", .problem,
        "not tried: github_api_endpoint, github_repo, github_branch or github_repo_token is missing"
      )
    }
    do throws(EngineError) {
      let repository = try await GitRepository(of: runtime, environment)
      try await GitDelivery(repository, exchange: exchange, limit: RuntimeChecks.limit)
        .checkRights()
      return RuntimeCheck(
        "repository", .ok,
        "\(name) at \(shown(.gitAPIEndpoint)): branch '\(branch)' is there, and can be pushed to")
    } catch {
      return problem("repository", error)
    }
  }

  /// Submissions do not need it, so that it is no problem if it does not answer.
  private func airflowServer() async -> RuntimeCheck {
    guard let server = runtime.apiEndpoint else {
      return RuntimeCheck("server", .problem, "not tried: api_endpoint is missing")
    }
    do throws(EngineError) {
      let version = try await AirflowVersion(
        of: AirflowAPI.root(of: server), exchange, limit: RuntimeChecks.limit)
      return RuntimeCheck("server", .ok, "\(shown(.apiEndpoint)): Airflow \(version)")
    } catch {
      return RuntimeCheck(
        "server", .note,
        "\(shown(.apiEndpoint)): \(error.message); runs can be submitted, and not followed")
    }
  }
}

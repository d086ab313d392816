import JSONCore

extension RuntimeChecks {
  /// Whether the server of Kubeflow Pipelines is there, accepts the login, and has the namespace.
  func kubeflow() async -> [RuntimeCheck] {
    guard let server = runtime.apiEndpoint else {
      return [RuntimeCheck("server", .problem, "not tried: api_endpoint is missing")]
    }
    let login: any EngineLogin
    do throws(EngineError) {
      login = try EngineLogins.login(for: runtime, environment, exchange: exchange)
    } catch {
      return [problem("server", error)]
    }
    do throws(EngineError) {
      _ = try await login.headers(afterRefusal: false)
    } catch {
      return [problem("login", error)]
    }
    do throws(EngineError) {
      let api = api(server, login)
      let health = try await api.health()
      let version = health.version.map { " (\($0))" } ?? ""
      let user = runtime[.apiUsername].map { " as \($0)" } ?? ""
      return [
        RuntimeCheck(
          "server", .ok,
          "\(shown(.apiEndpoint)): Kubeflow Pipelines 2\(version), for "
            + (health.isForSeveralUsers ? "several users" : "one user")),
        RuntimeCheck("login", .ok, "\(runtime.login.rawValue)\(user) is accepted"),
        await namespace(api, health),
      ]
    } catch {
      return [await noServer(server, login, error)]
    }
  }

  private func api(_ server: String, _ login: any EngineLogin) -> KubeflowAPI {
    KubeflowAPI(
      server, namespace: runtime.namespace, login: login, exchange: exchange,
      firstDelay: .milliseconds(200), limit: RuntimeChecks.limit)
  }

  /// Why there is no interface at an address: it may be below that.
  private func noServer(_ server: String, _ login: any EngineLogin, _ error: EngineError) async
    -> RuntimeCheck
  {
    if error.kind == .version || error.kind == .denied, !server.hasSuffix("/pipeline"),
      (try? await api(server + "/pipeline", login).health()) != nil
    {
      let place = shown(.apiEndpoint)
      return RuntimeCheck(
        "server", .problem,
        "\(place): the interface of Kubeflow Pipelines is below this address; run `lyre runtimes edit "
          + "\(runtime.name) --api-endpoint \(place)/pipeline`")
    }
    return problem(error.kind == .denied ? "login" : "server", error)
  }

  private func namespace(_ api: KubeflowAPI, _ health: KubeflowAPI.Health) async -> RuntimeCheck {
    guard health.isForSeveralUsers else {
      let given = runtime.namespace.map { "'\($0)' is not used: " } ?? ""
      return RuntimeCheck("namespace", .ok, "\(given)all runs are in that of the server")
    }
    guard let name = runtime.namespace else {
      return RuntimeCheck(
        "namespace", .problem,
        "the server is for several users, and user_namespace is missing; set it with --user-namespace"
      )
    }
    do throws(EngineError) {
      try await api.checkNamespace()
      return RuntimeCheck("namespace", .ok, "'\(name)' can be used")
    } catch {
      return problem("namespace", error)
    }
  }
}

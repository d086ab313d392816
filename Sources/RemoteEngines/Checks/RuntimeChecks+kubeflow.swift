import JSONCore

extension RuntimeChecks {
  /// Whether the server of Kubeflow Pipelines is there, accepts the login, and has the namespace.
  func kubeflow() async -> [RuntimeCheck] {
    guard let server = runtime.apiEndpoint else {
      return [RuntimeCheck("server", .problem, "not tried: api_endpoint is missing")]
    }
    do throws(EngineError) {
      let login = try EngineLogins.login(for: runtime, environment, exchange: exchange)
      let request = CheckRequest(exchange: exchange, login: login)
      do throws(EngineError) {
        _ = try await login.headers(afterRefusal: false)
      } catch {
        return [problem("login", error)]
      }
      let answer = try await request.get(server + "/apis/v2beta1/healthz")
      guard answer.status == 200, let health = answer.json else {
        return [await noServer(server, answer, request)]
      }
      let isForSeveral = health["multi_user"]?.bool ?? false
      let version = health["tag_name"]?.string.map { " (\($0))" } ?? ""
      let user = runtime[.apiUsername].map { " as \($0)" } ?? ""
      return [
        RuntimeCheck(
          "server", .ok,
          "\(shown(.apiEndpoint)): Kubeflow Pipelines 2\(version), for "
            + (isForSeveral ? "several users" : "one user")),
        RuntimeCheck("login", .ok, "\(runtime.login.rawValue)\(user) is accepted"),
        await namespace(server, isForSeveral, request),
      ]
    } catch {
      return [problem(error.kind == .denied ? "login" : "server", error)]
    }
  }

  /// Why there is no interface at an address.
  private func noServer(_ server: String, _ answer: CheckRequest.Answer, _ request: CheckRequest)
    async -> RuntimeCheck
  {
    let place = shown(.apiEndpoint)
    func has(_ path: String) async -> Bool {
      let answer = try? await request.get(server + path)
      return answer?.status == 200 && answer?.json != nil
    }
    if answer.status == 401 || answer.status == 403 {
      return RuntimeCheck(
        "login", .problem,
        "\(place): the login is not accepted (\(answer.said)); check auth_type, and the user's rights"
      )
    }
    if answer.status >= 500 {
      return RuntimeCheck("server", .problem, "\(place): the server fails (\(answer.said))")
    }
    if !server.hasSuffix("/pipeline"), await has("/pipeline/apis/v2beta1/healthz") {
      return RuntimeCheck(
        "server", .problem,
        "\(place): the interface of Kubeflow Pipelines is below this address; run `lyre runtimes edit "
          + "\(runtime.name) --api-endpoint \(place)/pipeline`")
    }
    if await has("/apis/v1beta1/healthz") {
      return RuntimeCheck(
        "server", .problem,
        "\(place): this is Kubeflow Pipelines 1; Lyre needs version 2, for its pipelines have the newer "
          + "format")
    }
    return RuntimeCheck(
      "server", .problem,
      "\(place): there is no interface of Kubeflow Pipelines (\(answer.said)); check api_endpoint")
  }

  private func namespace(_ server: String, _ isForSeveral: Bool, _ request: CheckRequest) async
    -> RuntimeCheck
  {
    guard isForSeveral else {
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
      let answer = try await request.get(
        "\(server)/apis/v2beta1/experiments?page_size=1&namespace=\(FormText.encoded(name))")
      guard answer.status == 200, !answer.asksForLogin else {
        return RuntimeCheck(
          "namespace", .problem,
          "'\(name)' cannot be used (\(answer.said)); check user_namespace, or ask its owner to make you a "
            + "contributor")
      }
      return RuntimeCheck("namespace", .ok, "'\(name)' can be used")
    } catch {
      return problem("namespace", error)
    }
  }
}

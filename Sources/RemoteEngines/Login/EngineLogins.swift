package import ObjectStorage

/// The logins of runtime configurations.
package enum EngineLogins {
  /// How requests to the server of a runtime configuration show who sends them.
  ///
  /// Nothing is sent or read before the first request.
  ///
  /// - Parameters:
  ///   - runtime: the configuration.
  ///   - environment: the environment variables.
  ///   - exchange: sends the requests of the login.
  /// - Throws: ``EngineError`` if the configuration has no server.
  package static func login(
    for runtime: RuntimeConfiguration, _ environment: [String: String],
    exchange: WebExchange? = nil
  ) throws(EngineError) -> any EngineLogin {
    guard let text = runtime.apiEndpoint, let server = WebAddress(text) else {
      throw EngineError(
        .unusable, "api_endpoint is not the URL of a server; set it with `lyre runtimes edit`",
        place: runtime.place)
    }
    let exchange = exchange ?? EngineLogins.exchange(environment)
    func dex(_ connector: DexConnector) -> any EngineLogin {
      DexLogin(server, connector, user: runtime[.apiUsername] ?? "", exchange: exchange) {
        () throws(EngineError) in
        try await EngineLogins.needed(.apiPassword, of: runtime, environment)
      }
    }
    switch runtime.login {
    case .none: return NoAuthentication(server: server.shown)
    case .dexPasswords: return dex(.local)
    case .dexLDAP: return dex(.ldap)
    case .dexLegacy: return dex(.any)
    case .token:
      let remedy = "it may have expired: set a new one with `lyre runtimes edit`"
      return FoundToken(server.shown, remedy: remedy, isFresh: false) { () throws(EngineError) in
        try await EngineLogins.needed(.apiPassword, of: runtime, environment)
      }
    case .serviceAccount:
      let remedy =
        "its audience must be pipelines.kubeflow.org, and its account needs rights in the namespace"
      return FoundToken(server.shown, remedy: remedy, isFresh: true) { () throws(EngineError) in
        try ServiceAccountToken.read(environment)
      }
    }
  }

  /// Sends requests with the certificates that Elyra would trust, too.
  ///
  /// - Parameter environment: the environment variables.
  package static func exchange(_ environment: [String: String]) -> WebExchange {
    let names = ["KF_PIPELINES_SSL_SA_CERTS", "TRUSTED_CA_BUNDLE_PATH"]
    let file = names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    return WebExchange(certificateFile: file, environment: environment)
  }

  private static func needed(
    _ key: RuntimeKey, of runtime: RuntimeConfiguration, _ environment: [String: String]
  ) async throws(EngineError) -> String {
    guard let value = try await runtime.value(of: key, environment) else {
      throw EngineError(
        .unusable, "\(key.rawValue) is missing; set it with `lyre runtimes edit`",
        place: runtime.place)
    }
    return value
  }
}

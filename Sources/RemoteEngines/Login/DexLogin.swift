import ObjectStorage

/// A login at Dex, which Kubeflow puts before its servers: user and password become cookies.
///
/// The way is that of a browser: the server (or oauth2-proxy, or authservice before it) leads to Dex; its form is
/// sent, and what follows leads back to the server, which sets the cookies.
actor DexLogin: EngineLogin {
  private let server: WebAddress
  private let connector: DexConnector
  private let user: String
  private let password: @Sendable () async throws(EngineError) -> String
  private let exchange: WebExchange
  private var jar: CookieJar?

  /// - Parameters:
  ///   - server: the URL of the engine's server.
  ///   - connector: what Dex asks behind itself.
  ///   - user: the user.
  ///   - password: finds the password.
  ///   - exchange: sends requests.
  init(
    _ server: WebAddress, _ connector: DexConnector, user: String, exchange: WebExchange,
    password: @escaping @Sendable () async throws(EngineError) -> String
  ) {
    self.server = server
    self.connector = connector
    self.user = user
    self.password = password
    self.exchange = exchange
  }

  func headers(afterRefusal: Bool) async throws(EngineError) -> [(name: String, value: String)] {
    if !afterRefusal, let jar, let headers = headers(jar) { return headers }
    let new = try await DexLogin.login(server, connector, user, exchange, password)
    jar = new
    if afterRefusal, new.isEmpty {
      throw EngineError(
        .denied,
        "the server refuses requests, and its page leads to no login; check api_endpoint and auth_type "
          + "of the runtime configuration", place: server.shown, status: 401)
    }
    return headers(new) ?? []
  }

  private func headers(_ jar: CookieJar) -> [(name: String, value: String)]? {
    if jar.isEmpty { return [] }
    return jar.header(for: server, now: CookieJar.now).map { [("cookie", $0)] }
  }

  /// Logs in.
  ///
  /// - Returns: the cookies; none if no login is asked for and none is needed.
  private static func login(
    _ server: WebAddress, _ connector: DexConnector, _ user: String, _ exchange: WebExchange,
    _ password: @Sendable () async throws(EngineError) -> String
  ) async throws(EngineError) -> CookieJar {
    func failure(_ kind: EngineError.Kind, _ message: String, _ status: Int? = nil) -> EngineError {
      EngineError(kind, "the login failed: \(message)", place: server.shown, status: status)
    }
    var walk = LoginWalk(exchange, server: server.shown)
    var start = server
    (start.path, start.query) = ("/", nil)
    var page = try await walk.get(start)
    if page.status == 401 || page.status == 403 {
      // oauth2-proxy shows a page with a button that leads there.
      var button = page.address
      (button.path, button.query) = ("/oauth2/start", "rd=%2F")
      let next = try await walk.get(button)
      if next.wasLed { page = next }
    }
    guard page.wasLed else {
      if page.status < 400, connector == .any { return CookieJar() }
      throw page.status < 400
        ? failure(
          .unusable,
          "the server asks for none; set --auth-type NO_AUTHENTICATION in the runtime configuration"
        )
        : failure(
          .rejected, "the server answers with status \(page.status), and does not lead to Dex",
          page.status)
    }
    let form = try await DexPage.form(page, connector, &walk, failure)
    guard !user.isEmpty else {
      throw failure(
        .unusable,
        "Dex asks for a user, and the runtime configuration has none; set --api-username and "
          + "--api-password")
    }
    let secret = try await password()
    var answer = try await walk.post(
      form.address, form.fields + [("login", user), ("password", secret)])
    guard answer.wasLed else {
      let isRefused = answer.status == 401 || DexPage.asksForPassword(answer)
      throw isRefused
        ? failure(
          .denied,
          "Dex does not accept user '\(user)' with this password; check api_username and api_password "
            + "of the runtime configuration", answer.status)
        : failure(
          .rejected, "Dex does not go on after the password (status \(answer.status)); see its log",
          answer.status)
    }
    if let approval = DexPage.approval(answer) {
      answer = try await walk.post(approval.address, approval.fields)
    }
    let now = CookieJar.now
    if walk.jar.header(for: server, now: now) == nil {
      throw walk.jar.hasOnlyPrivateOnes(for: server, now: now)
        ? failure(
          .unusable,
          "the cookies of the login are for encrypted connections only; use the server's https:// URL"
        )
        : failure(
          .denied,
          "Dex accepts the password, and no cookie for \(server.origin) comes back; the last page was "
            + "\(answer.address.shown) (status \(answer.status))", answer.status)
    }
    return walk.jar
  }
}

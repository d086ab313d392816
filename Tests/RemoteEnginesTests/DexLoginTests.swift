import JSONCore
import KernelTesting
import ObjectStorage
import RealKernels
import RemoteEngines
import Testing

@Suite("Logins at Dex")
struct DexLoginTests {
  /// Runs a test with a server, and the login of a configuration for it.
  private func with(
    _ traits: DexServer.Traits, _ kind: String, password: String = "p&w é",
    user: String = "me@example.com",
    _ body: (any EngineLogin, DexServer, TestServer) async throws -> Void
  ) async throws {
    let dex = DexServer(traits)
    let answer: TestServer.Handler = { request, _ in dex.answer(request) }
    try await TestServer.with(answer) { server in
      try await TemporaryDirectory.with { directory in
        var metadata = RuntimeFiles.kubeflow
        metadata["api_endpoint"] = .init("\(server.url)/pipeline")
        metadata["auth_type"] = .init(kind)
        metadata["api_username"] = .init(user)
        metadata["api_password"] = "env:PW"
        let runtime = try RuntimeFiles(directory).write(metadata)
        let login = try EngineLogins.login(for: runtime, ["PW": password])
        try await body(login, dex, server)
      }
    }
  }

  @Test(
    "password and user become the session's cookie",
    arguments: [
      (.init(), "DEX_STATIC_PASSWORDS"), (.init(), "DEX_LEGACY"),
      (.init(connectors: ["ldap"]), "DEX_LDAP"), (.init(connectors: ["ldap"]), "DEX_LEGACY"),
      (.init(connectors: ["local", "ldap"]), "DEX_STATIC_PASSWORDS"),
      (.init(connectors: ["local", "ldap"]), "DEX_LDAP"),
      (.init(connectors: ["github", "ldap"]), "DEX_LEGACY"),
      (.init(hasButton: true), "DEX_STATIC_PASSWORDS"),
      (.init(asksApproval: true), "DEX_STATIC_PASSWORDS"), (.init(isOld: true), "DEX_LEGACY"),
      (.init(guard: .authservice), "DEX_STATIC_PASSWORDS"),
      (.init(guard: .authservice, isOld: true), "DEX_LEGACY"),
      (.init(session: "; Path=/; Secure; HttpOnly; SameSite=Lax"), "DEX_STATIC_PASSWORDS"),
    ] as [(DexServer.Traits, String)])
  func succeeds(traits: DexServer.Traits, kind: String) async throws {
    try await with(traits, kind) { login, dex, server in
      let name =
        traits.guard == .oauth2Proxy ? "oauth2_proxy_kubeflow" : "authservice_session"
      let first = try await login.headers(afterRefusal: false)
      #expect(first.map(\.name) == ["cookie"])
      #expect(first[0].value.contains("\(name)=session-0"))
      let count = server.requests.count
      _ = try await login.headers(afterRefusal: false)
      #expect(server.requests.count == count, "the session is used again")
      dex.forget()
      let second = try await login.headers(afterRefusal: true)
      #expect(second[0].value.contains("\(name)=session-1"))
      // The password goes to the form alone, and never in a URL.
      for request in server.requests {
        let text = request.target + String(decoding: request.body, as: UTF8.self)
        #expect(!text.contains("p%26w") || request.method == "POST")
        #expect(!request.target.contains("p%26w"))
      }
    }
  }

  private func refusal(
    _ traits: DexServer.Traits, _ kind: String, password: String = "p&w é",
    user: String = "me@example.com"
  ) async throws -> (EngineError.Kind, String)? {
    var found: EngineError?
    try await with(traits, kind, password: password, user: user) { login, _, server in
      found = await engineError { try await login.headers(afterRefusal: false) }
      #expect(found?.place?.hasPrefix(server.url) == true)
    }
    let error = try #require(found)
    #expect(!error.description.contains(password))
    return (error.kind, error.message)
  }

  @Test("a wrong password, user or kind of login is said")
  func refused() async throws {
    for isOld in [false, true] {
      let wrong = try await refusal(.init(isOld: isOld), "DEX_LEGACY", password: "wrong")
      #expect(
        try #require(wrong)
          == (
            .denied,
            "the login failed: Dex does not accept user 'me@example.com' with this password; check "
              + "api_username and api_password of the runtime configuration"
          ))
    }
    let other = try #require(
      try await refusal(.init(connectors: ["ldap"]), "DEX_STATIC_PASSWORDS"))
    #expect(
      other == (
        .unusable,
        "the login failed: Dex asks for a login of 'ldap', not of 'local'; set --auth-type DEX_LDAP in "
          + "the runtime configuration"
      ))
    let nobody = try #require(try await refusal(.init(), "DEX_LEGACY", user: ""))
    #expect(nobody.0 == .unusable && nobody.1.contains("set --api-username and --api-password"))
    let absent = try #require(
      try await refusal(.init(connectors: ["local", "ldap"]), "DEX_LDAP", password: "wrong"))
    #expect(absent.0 == .denied)
  }

  /// The error of a login at a server that answers as the test says.
  private func error(
    _ kind: String = "DEX_STATIC_PASSWORDS", afterRefusal: Bool = false,
    _ handler: @escaping @Sendable (TestServer.Request) -> TestServer.Answer
  ) async throws -> (EngineError?, [TestServer.Request]) {
    let answer: TestServer.Handler = { request, _ in handler(request) }
    return try await TestServer.with(answer) { server in
      try await TemporaryDirectory.with { directory in
        var metadata = RuntimeFiles.kubeflow
        metadata["api_endpoint"] = .init(server.url)
        metadata["auth_type"] = .init(kind)
        metadata["api_username"] = "me"
        metadata["api_password"] = "p4ssw0rd"
        let login = try EngineLogins.login(for: try RuntimeFiles(directory).write(metadata), [:])
        let error = await engineError { try await login.headers(afterRefusal: afterRefusal) }
        return (error, server.requests)
      }
    }
  }

  @Test("servers that ask for nothing, or for something else")
  func others() async throws {
    let open = try await error { _ in .reply(.init(200, "page")) }.0
    #expect(open?.message.contains("set --auth-type NO_AUTHENTICATION") == true)
    let legacy = try await error("DEX_LEGACY") { _ in .reply(.init(200, "page")) }.0
    #expect(legacy == nil)
    let refused = try await error("DEX_LEGACY", afterRefusal: true) { _ in
      .reply(.init(200, "page"))
    }.0
    #expect(refused?.kind == .denied)
    let other = try await error { request in
      request.target == "/"
        ? .reply(.init(302, "", [("Location", "/realms/x/protocol?secret=4711")]))
        : .reply(.init(200, "Keycloak"))
    }.0
    #expect(other?.message.contains("which is not a login of Dex") == true)
    #expect(other?.description.contains("4711") == false)
    let failing = try await error { _ in .reply(.init(503)) }.0
    #expect(failing?.kind == .rejected && failing?.status == 503)
    let loop = try await error { _ in .reply(.init(302, "", [("Location", "/")])) }
    #expect(loop.0?.message == "the login failed: more than 15 redirections")
    #expect(loop.1.count == 16)
  }

  @Test("a password is not passed on to another server")
  func passedOn() async throws {
    let silent: TestServer.Handler = { _, _ in .reply(.init(200)) }
    try await TestServer.with(silent) { thief in
      let place = thief.url
      let (error, _) = try await error { request in
        if request.method == "POST" { return .reply(.init(307, "", [("Location", place)])) }
        return request.target == "/"
          ? .reply(.init(302, "", [("Location", "/dex/auth/local/login?state=1")]))
          : .reply(.init(200, DexHTML.password("/dex/auth/local/login?state=1")))
      }
      #expect(error?.message.contains("would pass user and password on to \(place)") == true)
      #expect(thief.requests.isEmpty)
      let (second, _) = try await self.error { request in
        request.target == "/"
          ? .reply(.init(302, "", [("Location", "/dex/auth/local/login?state=1")]))
          : .reply(.init(200, DexHTML.password("\(place)/dex/auth/local/login")))
      }
      #expect(second?.message.contains("would pass user and password on to \(place)") == true)
      #expect(thief.requests.isEmpty)
    }
  }

  @Test("the form is known by its fields, wherever it is, and nothing else is taken for one")
  func fields() async throws {
    /// The requests with a password, and the error, if every page but the first is this one.
    func sent(_ page: String, _ kind: String = "DEX_LEGACY") async throws -> ([String], String) {
      let (error, requests) = try await self.error(kind) { request in
        if request.method == "POST" { return .reply(.init(303, "", [("Location", "/home")])) }
        return request.target == "/"
          ? .reply(.init(302, "", [("Location", "/sso/begin?x=1")])) : .reply(.init(200, page))
      }
      let posts = requests.filter { $0.method == "POST" }
      return (
        posts.map { "\($0.target) \(String(decoding: $0.body, as: UTF8.self))" },
        error?.message ?? ""
      )
    }
    let moved = try await sent(DexHTML.password("/sso/in?a=1&b=2", .remembering))
    #expect(moved.0 == ["/sso/in?a=1&b=2 login=me&password=p4ssw0rd"])
    let own = try await sent(
      "<FORM METHOD=post><input type=hidden name=csrf value='a&amp;b'>"
        + "<input name=login><input type=password name=password></FORM>")
    #expect(own.0 == ["/sso/begin?x=1 csrf=a%26b&login=me&password=p4ssw0rd"])
    let foreign = try await sent(
      "<!-- <form><input name=login><input name=password></form> -->"
        + "<form action=/x><input name=username><input name=password></form>"
        + "<a href='/dex/auth'>login</a><input name=login>")
    #expect(foreign.0 == [] && foreign.1.contains("which is not a login of Dex"))
    let list = try await sent(DexHTML.list(["/dex/auth/github?x=1"]))
    #expect(list.0 == [] && list.1.contains("Dex asks for a login of 'github'"), "\(list.1)")
  }

  @Test("a login without a cookie for the server is none")
  func noCookie() async throws {
    let (error, _) = try await error { request in
      if request.method == "POST" { return .reply(.init(303, "", [("Location", "/home")])) }
      return request.target == "/"
        ? .reply(.init(302, "", [("Location", "/dex/auth/local/login?state=1")]))
        : .reply(.init(200, DexHTML.password("/dex/auth/local/login?state=1")))
    }
    #expect(error?.kind == .denied)
    #expect(error?.message.contains("no cookie for http://127.0.0.1:") == true)
  }
}

import RealKernels
import Synchronization

/// Kubeflow's page behind oauth2-proxy or authservice, with Dex beside it, as they answered a browser: every
/// step has its cookie, and none is forgiven.
final class DexServer: Sendable {
  /// What stands before the server.
  enum Guard: Sendable {
    case oauth2Proxy
    case authservice
  }

  /// How this one differs from the usual.
  struct Traits: Sendable {
    var `guard` = Guard.oauth2Proxy
    /// What Dex asks behind itself; more than one makes it show a list.
    var connectors = ["local"]
    /// Whether oauth2-proxy shows a page with a button instead of leading to Dex.
    var hasButton = false
    /// Whether Dex asks whether the server may know who it is.
    var asksApproval = false
    /// Whether Dex is of before 2.25, whose form has no path of its own.
    var isOld = false
    /// The attributes of the session's cookie.
    var session = "; Path=/; HttpOnly"
  }

  private let traits: Traits
  private let sessions = Mutex(0)

  init(_ traits: Traits) { self.traits = traits }

  /// Makes all sessions invalid.
  func forget() { sessions.withLock { $0 += 1 } }

  /// The value of the session's cookie.
  var session: String { "session-\(sessions.withLock { $0 })" }

  func answer(_ request: TestServer.Request) -> TestServer.Answer {
    let path = String(request.target.prefix { $0 != "?" })
    let cookies = (request["cookie"] ?? "").split(separator: ";").map {
      String($0.drop { $0 == " " })
    }
    let query = request.target.drop { $0 != "?" }
    let name = traits.guard == .oauth2Proxy ? "oauth2_proxy_kubeflow" : "authservice_session"
    switch path {
    case "/oauth2/start":
      return lead(
        "/dex/auth?client_id=kubeflow&redirect_uri=%2Foauth2%2Fcallback&state=s1",
        ["_oauth2_proxy_csrf=c1; Path=/; HttpOnly"])
    case "/dex/auth":
      guard traits.connectors.count == 1 else {
        return .reply(
          .init(
            200, DexHTML.list(traits.connectors.map { "/dex/auth/\($0)?client_id=k&state=s1" })))
      }
      return lead("/dex/auth/\(traits.connectors[0])\(query)")
    case "/oauth2/callback", "/login/oidc":
      let needed = traits.guard == .oauth2Proxy ? "_oauth2_proxy_csrf=c1" : "oidc_state_csrf=c1"
      guard cookies.contains(needed), query.contains("code=4711"), query.contains("state=s1") else {
        return .reply(.init(403, "no such login"))
      }
      return lead("/", ["\(name)=\(session)\(traits.session)"])
    default: break
    }
    if path.hasPrefix("/dex/auth/") { return form(path, String(query), request) }
    if path == "/dex/approval" {
      if request.method == "POST" {
        let isApproved = request.body == Array("req=r1&approval=approve".utf8)
        return isApproved && query.contains("hmac=h1") ? back() : .reply(.init(400))
      }
      return traits.asksApproval ? .reply(.init(200, DexHTML.approval("r1"))) : back()
    }
    if cookies.contains("\(name)=\(session)") { return .reply(.init(200, "{}")) }
    guard path == "/" else { return .reply(.init(401)) }
    if traits.hasButton { return .reply(.init(403, "<a href=/oauth2/start>Sign in")) }
    return traits.guard == .oauth2Proxy
      ? lead("/oauth2/start?rd=%2F")
      : lead(
        "/dex/auth?client_id=kubeflow-oidc-authservice&redirect_uri=%2Flogin%2Foidc&state=s1",
        ["oidc_state_csrf=c1; Path=/"])
  }

  private func form(_ path: String, _ query: String, _ request: TestServer.Request)
    -> TestServer.Answer
  {
    let parts = path.split(separator: "/")
    guard parts.count > 2, traits.connectors.contains(String(parts[2])) else {
      return .reply(.init(404, "Requested resource does not exist."))
    }
    if !traits.isOld, parts.last != "login" {
      return lead("\(path)/login?back=%2Fdex%2Fauth&state=d1")
    }
    guard request.method == "POST" else {
      return .reply(.init(200, DexHTML.password(path + query, traits.isOld ? .old : .new)))
    }
    let right = "login=me%40example.com&password=p%26w%20%C3%A9"
    guard request.body == Array(right.utf8),
      request["content-type"] == "application/x-www-form-urlencoded"
    else {
      let page = DexHTML.password(path + query, traits.isOld ? .old : .new, isWrong: true)
      return .reply(.init(traits.isOld ? 200 : 401, page))
    }
    return .reply(.init(303, "", [("Location", "/dex/approval?req=r1&hmac=h1")]))
  }

  private func back() -> TestServer.Answer {
    lead(
      (traits.guard == .oauth2Proxy ? "/oauth2/callback" : "/login/oidc") + "?code=4711&state=s1",
      status: 303)
  }

  private func lead(_ location: String, _ cookies: [String] = [], status: Int = 302)
    -> TestServer.Answer
  {
    .reply(.init(status, "", [("Location", location)] + cookies.map { ("Set-Cookie", $0) }))
  }
}

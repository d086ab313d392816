import Testing

@testable import WebInterface

@Suite("Access to the server")
struct AccessRulesTests {
  static let token = "0123456789abcdef0123456789abcdef"
  private let rules: AccessRules
  private let own: [(String, String)] = [
    ("Host", "127.0.0.1:8888"), ("Cookie", "a=b; lyre-8888=\(token); c=d"),
    ("Origin", "http://127.0.0.1:8888"), ("Sec-Fetch-Site", "same-origin"), ("X-Lyre", "1"),
    ("Content-Type", "application/json; charset=utf-8"),
  ]

  init() throws {
    rules = AccessRules(.token(try #require(AccessToken(AccessRulesTests.token)), port: 8888))
  }

  /// The code of the refusal of a request of the page, with some headers changed or removed.
  private func refusal(
    _ method: String = "GET", _ target: String = "/api/session",
    _ changes: [String: String?] = [:], _ rules: AccessRules? = nil
  ) throws -> String? {
    var headers = own.filter { !changes.keys.contains($0.0) }
    for (name, value) in changes { if let value { headers.append((name, value)) } }
    let request = try WebRequest(method: method, target: target, headers: headers)
    return (rules ?? self.rules).refusal(of: request)?.code
  }

  @Test("the page's own requests are answered", arguments: ["GET", "HEAD", "POST", "PUT"])
  func own(method: String) throws {
    #expect(try refusal(method) == nil)
  }

  @Test(
    "a program of this user needs only the token",
    arguments: ["Bearer \(token)", "bearer  \(token)"])
  func program(authorization: String) throws {
    let changes = [
      "Authorization": authorization, "Cookie": nil, "Origin": nil, "Sec-Fetch-Site": nil,
    ]
    #expect(try refusal("GET", "/api/session", changes) == nil)
  }

  @Test(
    "a host that is not this machine is refused, as with DNS rebinding",
    arguments: [
      "evil.example", "evil.example:8888", "127.0.0.1.evil.example:8888", "localhost.evil.example",
      "", "127.0.0.1:8888, evil.example", "127.0.0.1@evil.example", "[::1].evil.example",
      "127.0.0.1:evil", "0.0.0.0:8888", "[::ffff:127.0.0.1]:8888", "127.0.0.1:8888:9",
    ])
  func rebinding(host: String) throws {
    let origin = "http://\(host)"
    #expect(try refusal("GET", "/api/session", ["Host": host, "Origin": origin]) == "wrong_host")
    #expect(try refusal("GET", "/", ["Host": host]) == "wrong_host")
    #expect(try refusal("GET", "/app.js", ["Host": host, "Origin": nil]) == "wrong_host")
  }

  @Test(
    "every name of this machine is accepted, with the port of a tunnel, too",
    arguments: ["127.0.0.1:8888", "localhost:8888", "LOCALHOST:9000", "[::1]:8888", "localhost"])
  func hosts(host: String) throws {
    #expect(
      try refusal("GET", "/api/session", ["Host": host, "Origin": "http://\(host)"]) == nil)
  }

  @Test(
    "a request that another site makes is refused",
    arguments: [
      ["Origin": "http://evil.example"], ["Origin": "null"], ["Origin": "http://127.0.0.1:3000"],
      ["Sec-Fetch-Site": "cross-site"], ["Sec-Fetch-Site": "same-site"],
    ])
  func foreign(changes: [String: String]) throws {
    for method in ["GET", "POST", "PUT"] {
      #expect(try refusal(method, "/api/session", changes) == "foreign_site")
      #expect(try refusal(method, "/app.js", changes) == "foreign_site")
    }
    // A colleague's link opens the page.
    #expect(try refusal("GET", "/", changes) == nil)
    #expect(try refusal("POST", "/", changes) == "foreign_site")
  }

  @Test(
    "a request without the token is refused, also for the page and its files",
    arguments: [
      ["Cookie": nil], ["Cookie": "lyre-8889=\(token)"], ["Cookie": "lyre-8888=wrong"],
      ["Cookie": "lyre-8888="], ["Authorization": "Bearer \(token.dropLast())0"],
      ["Authorization": "Bearer"], ["Cookie": nil, "Authorization": "Basic \(token)"],
    ])
  func noToken(changes: [String: String?]) throws {
    for target in ["/", "/app.js", "/api/session"] {
      #expect(try refusal("GET", target, changes) == "no_token", "\(target)")
    }
  }

  @Test("a request that changes something needs the header and the type that no form can send")
  func forms() throws {
    for method in ["POST", "PUT"] {
      #expect(try refusal(method, "/api/runs", ["X-Lyre": nil]) == "no_header")
      #expect(try refusal(method, "/api/runs", ["X-Lyre": "2"]) == "no_header")
      #expect(try refusal(method, "/api/runs", ["Content-Type": nil]) == "wrong_type")
      for type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        #expect(try refusal(method, "/api/runs", ["Content-Type": type]) == "wrong_type")
      }
    }
    #expect(try refusal("DELETE") == "method_not_allowed")
    #expect(try refusal("OPTIONS") == "method_not_allowed")
  }

  @Test("on a socket there is no token and any host, but no other site either")
  func socket() throws {
    let socket = AccessRules(.socket)
    let proxied: [String: String?] = [
      "Host": "hub.example.org", "Origin": "https://hub.example.org", "Cookie": nil,
    ]
    #expect(try refusal("POST", "/api/runs", proxied, socket) == nil)
    let foreign = proxied.merging(["Sec-Fetch-Site": "cross-site"]) { $1 }
    #expect(try refusal("POST", "/api/runs", foreign, socket) == "foreign_site")
    let form = proxied.merging(["X-Lyre": nil]) { $1 }
    #expect(try refusal("POST", "/api/runs", form, socket) == "no_header")
  }

  @Test("the token in the address is checked, and only on this machine's names")
  func entry() throws {
    func refusal(_ token: String, _ host: String) throws -> String? {
      rules.entryRefusal(
        of: try WebRequest(
          method: "GET", target: "/?token=\(token)", headers: [("Host", host)]))?.code
    }
    #expect(try refusal(AccessRulesTests.token, "127.0.0.1:8888") == nil)
    #expect(try refusal("wrong", "127.0.0.1:8888") == "wrong_token")
    #expect(try refusal("", "127.0.0.1:8888") == "wrong_token")
    #expect(try refusal(AccessRulesTests.token, "evil.example:8888") == "wrong_host")
  }

  @Test("new tokens have 256 bits and are different; chosen ones have a minimum")
  func tokens() {
    let tokens = (0..<50).map { _ in AccessToken().text }
    #expect(Set(tokens).count == 50 && tokens.allSatisfy { $0.utf8.count == 64 })
    for text in ["", "short", "sixteen letters;", "0123456789abcde\u{E9}", "0123456789abcdef\n"] {
      #expect(AccessToken(text) == nil, "\(text)")
    }
  }
}

import Testing

@testable import RemoteEngines

@Suite("Cookies of logins")
struct CookieTests {
  private let now = 1_000_000_000

  private func sent(_ headers: [String], from: String, to: String, after seconds: Int = 0) throws
    -> String?
  {
    var jar = CookieJar()
    jar.keep(headers, from: try #require(WebAddress(from)), now: now)
    return jar.header(for: try #require(WebAddress(to)), now: now + seconds)
  }

  @Test(
    "a cookie goes back to where it belongs",
    arguments: [
      ("a=1", "https://h.example/x/y", "https://h.example/x/z", true),
      ("a=1", "https://h.example/x/y", "https://h.example/", false),
      ("a=1; Path=/", "https://h.example/x/y", "https://h.example/", true),
      ("a=1; path=/x", "https://h.example/", "https://h.example/xy", false),
      ("a=1; Path=/x/", "https://h.example/", "https://h.example/x/y", true),
      ("a=1; Path=/", "https://h.example/", "https://sub.h.example/", false),
      ("a=1; Path=/; Domain=h.example", "https://h.example/", "https://sub.h.example/", true),
      ("a=1; Path=/; Domain=.h.example", "https://dex.h.example/", "https://h.example/", true),
      ("a=1; Path=/; Domain=h.example", "https://h.example/", "https://evilh.example/", false),
      ("a=1; Path=/; Domain=other.example", "https://h.example/", "https://other.example/", false),
      ("a=1; Path=/; Domain=example", "https://h.example/", "https://h.example/", false),
      ("a=1; Path=/; Domain=h.example", "https://h.example/", "http://h.example:81/", true),
      ("a=1; Path=/; Secure", "https://h.example/", "http://h.example/", false),
      ("a=1; Path=/; Secure", "http://h.example/", "https://h.example/", false),
      ("a=1; Path=/; Secure", "http://127.0.0.1:8080/", "http://127.0.0.1:8080/", true),
      ("a=1; Path=/; Domain=0.0.1", "http://127.0.0.1/", "http://127.0.0.1/", false),
      ("__Host-a=1; Path=/; Secure", "https://h.example/", "https://h.example/", true),
      ("__Host-a=1; Path=/x; Secure", "https://h.example/", "https://h.example/x", false),
      ("__Secure-a=1; Path=/", "https://h.example/", "https://h.example/", false),
      ("a=1; Max-Age=10", "https://h.example/", "https://h.example/", true),
      ("a=1; Max-Age=0", "https://h.example/", "https://h.example/", false),
      (
        "a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "https://h.example/", "https://h.example/",
        false
      ),
      (
        "a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=9", "https://h.example/",
        "https://h.example/", true
      ),
      ("=1", "https://h.example/", "https://h.example/", false),
      ("a", "https://h.example/", "https://h.example/", false),
      ("a=1\u{1}", "https://h.example/", "https://h.example/", false),
    ])
  func goes(header: String, from: String, to: String, isSent: Bool) throws {
    #expect(try (sent([header], from: from, to: to) != nil) == isSent)
  }

  @Test("values stay as they are, longer paths go first, and a newer one replaces the older")
  func jar() throws {
    let headers = ["a=x=\"y\" z ; Path=/", "b=2; Path=/p/", "a=3; Path=/p", "b=; Path=/p/"]
    #expect(
      try sent(headers, from: "https://h/", to: "https://h/p/q") == "b=; a=3; a=x=\"y\" z")
    #expect(
      try sent(["a=1; Max-Age=10"], from: "https://h/", to: "https://h/", after: 10) == nil)
    #expect(
      try sent(["a=1", "a=2; Max-Age=-1"], from: "https://h/", to: "https://h/") == nil)
  }

  @Test("an open connection does not replace a cookie of encrypted ones")
  func overwriting() throws {
    var jar = CookieJar()
    let (open, closed) = try (
      #require(WebAddress("http://h.example/")), #require(WebAddress("https://h.example/"))
    )
    jar.keep(["a=1; Secure"], from: closed, now: now)
    jar.keep(["a=2"], from: open, now: now)
    #expect(jar.header(for: closed, now: now) == "a=1")
    #expect(jar.hasOnlyPrivateOnes(for: open, now: now))
  }

  @Test(
    "dates are read as browsers do",
    arguments: [
      ("Wed, 21 Oct 2026 07:28:00 GMT", 1_792_567_680), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
      ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777), ("Sun Nov  6 08:49:37 1994", 784_111_777),
      ("29 Feb 2024 00:00:00", 1_709_164_800), ("21 Oct 2026", nil), ("x", nil),
      ("32 Oct 2026 00:00:00", nil), ("21 Oct 2026 24:00:00", nil),
    ] as [(String, Int?)])
  func dates(text: String, seconds: Int?) {
    #expect(CookieDate.seconds(text) == seconds)
  }

  @Test("locations are followed as browsers do")
  func locations() throws {
    let base = try #require(WebAddress("https://H.example:443/a/b?x=1"))
    #expect(base.text == "https://h.example/a/b?x=1" && base.shown == "https://h.example/a/b")
    for (location, text) in [
      ("/c?y=%2F", "https://h.example/c?y=%2F"), ("c", "https://h.example/a/c"),
      ("//dex.example/auth", "https://dex.example/auth"), ("http://h:8080", "http://h:8080/"),
      ("?z", "https://h.example/a/b?z"),
    ] {
      #expect(base.following(location)?.text == text)
    }
    for location in ["ftp://h/", "javascript:alert(1)", "https://me:pw@h/"] {
      #expect(base.following(location) == nil)
    }
  }
}

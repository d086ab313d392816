import RealKernels
import Testing

@testable import ObjectStorage

@Suite("Files of the web")
struct WebFileTests {
  private func get(_ url: String, maximum: Int = 1000) async throws -> String {
    String(decoding: try await WebFile.get(url, maximum: maximum, environment: [:]), as: UTF8.self)
  }

  @Test("redirections are followed, absolute and relative, and not forever")
  func redirections() async throws {
    try await TestServer.with { request, _ in
      switch request.target {
      case "/a/start?x=%20": .reply(.init(302, "", [("location", "../b?y=1")]))
      case "/b?y=1": .reply(.init(308, "", [("location", "//\(request["host"] ?? "")/c")]))
      case "/c": .reply(.init(200, "content"))
      default: .reply(.init(301, "", [("location", "/loop")]))
      }
    } run: { server in
      let text = try await get(server.url + "/a/start?x=%20")
      #expect(text == "content")
      #expect(
        await failure { try await get(server.url + "/loop") }?.description
          == "\(server.url)/loop: could not be read: more than 5 redirections")
    }
  }

  @Test("failures are named without what is secret in a URL")
  func failures() async throws {
    try await TestServer.with { request, _ in
      switch request.target {
      case let target where target.hasPrefix("/missing"): .reply(.init(404))
      case "/private": .reply(.init(request["authorization"] == "Basic bWU6cHc=" ? 200 : 401, "x"))
      case "/short": .cut(.init(200, "content"), after: 3)
      case "/large": .reply(.init(200, String(repeating: "x", count: 1001)))
      default: .reply(.init(500))
      }
    } run: { server in
      let missing = await failure { try await get(server.url + "/missing?token=secret") }
      #expect(
        missing?.description
          == "\(server.url)/missing: could not be read: the server answered with status 404 (status 404)"
      )
      #expect(missing?.kind == .noObject)
      #expect(await failure { try await get(server.url + "/private") }?.kind == .denied)
      let withUser = server.url.replacing("http://", with: "http://me:pw@")
      let text = try await get(withUser + "/private")
      #expect(text == "x")
      let short = await failure { try await get(server.url + "/short") }
      #expect(short?.attempts == 4, "\(short.map { "\($0)" } ?? "")")
      #expect(await failure { try await get(server.url + "/large") }?.kind == .server)
    }
    for bad in ["http://", "https:///x", "http://h:99999/"] {
      #expect(await failure { try await get(bad) }?.kind == .usage, "\(bad)")
    }
  }

  @Test(
    "what is shown of a URL has no user, query and fragment",
    arguments: [
      ("https://me:pw@h/p?x=1#f", "https://h/p"), ("http://h", "http://h"),
      ("http://h/a@b", "http://h/a@b"),
      ("x", "x"),
    ])
  func shown(url: String, text: String) {
    #expect(WebFile.shown(url) == text)
  }

  @Test(
    "URLs are told from paths",
    arguments: [
      ("http://h", true), ("HTTPS://h", true), ("http:/h", false), ("s3://h", false),
      ("httpx", false), ("", false),
    ])
  func isURL(text: String, expected: Bool) {
    #expect(WebFile.isURL(text) == expected)
  }
}

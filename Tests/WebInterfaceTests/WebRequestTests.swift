import JSONCore
import Testing

@testable import WebInterface

@Suite("Requests")
struct WebRequestTests {
  private func request(_ target: String, body: String = "") throws -> WebRequest {
    var request = try WebRequest(method: "get", target: target, headers: [("A", "1"), ("a", "2")])
    request.body = Array(body.utf8)
    return request
  }

  @Test("paths and queries are decoded, each part by itself")
  func decoding() throws {
    let request = try request("//api/a%2Fb/%C3%BC//?path=x%20y%26z%3D1&b=c+d&e&f=%2B&path=last#no")
    #expect(request.method == "GET")
    #expect(request.path == ["api", "a/b", "ü"])
    #expect(request.query == ["path": "last", "b": "c d", "e": "", "f": "+"])
    #expect(request.headers == ["a": "1, 2"])
  }

  @Test(
    "what is not text is refused",
    arguments: [
      "", "api", "http://evil.example/", "*", "/%", "/%4", "/%zz", "/%00", "/%ff", "/?a=%00",
    ])
  func invalid(target: String) {
    #expect(throws: WebError.self) { try request(target) }
  }

  @Test("encoding is undone by decoding", arguments: ["", "a b/ü?#%&=+", "~-._"])
  func encoding(text: String) {
    #expect(PercentText.decoded(PercentText.encoded(text)[...]) == text)
  }

  @Test("content must be a JSON object", arguments: ["", "[]", "{", "null", "{}x", "\u{1}"])
  func content(text: String) throws {
    let request = try request("/", body: text)
    #expect(throws: WebError.self) { try request.object() }
  }

  @Test("members have their types")
  func members() throws {
    let object = try request("/", body: #"{"a":"x","b":["y","z"],"c":1,"d":["y",1],"e":null}"#)
      .object()
    let text = try object.text("a")
    #expect(text == "x")
    for (name, expected) in [("b", ["y", "z"]), ("e", []), ("missing", [])] {
      let texts = try object.texts(name)
      #expect(texts == expected)
    }
    for name in ["b", "c", "e", "missing"] {
      #expect(throws: WebError.self) { try object.text(name) }
    }
    for name in ["a", "c", "d"] { #expect(throws: WebError.self) { try object.texts(name) } }
  }

  @Test("an event is one line of JSON")
  func events() {
    let event = ServerSentEvent(name: "end", id: "7", data: ["text": "a\nb\r\u{2028}"])
    let text = String(decoding: event.bytes, as: UTF8.self)
    #expect(text.hasPrefix("event: end\nid: 7\ndata: {\"text\":"))
    #expect(text.hasSuffix("\n\n"))
    #expect(text.utf8.count { $0 == 0x0A } == 4)
    #expect(!text.utf8.contains(0x0D))
  }

  @Test("routes match parts, and methods apart from them")
  func routes() {
    let route = Route("GET", "api/runs/:run/nodes/:place") { _, _ in WebResponse(json: [:]) }
    #expect(
      route.names(in: ["api", "runs", "1/2", "nodes", "0"]) == ["run": "1/2", "place": "0"])
    #expect(route.names(in: ["api", "runs", "1", "nodes"]) == nil)
    #expect(route.names(in: ["api", "runs", "1", "other", "0"]) == nil)
    #expect(route.takes("GET") && route.takes("HEAD") && !route.takes("POST"))
  }
}

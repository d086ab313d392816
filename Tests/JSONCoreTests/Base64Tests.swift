import Testing

@testable import JSONCore

@Suite("Base64")
struct Base64Tests {
  @Test(
    "encodes and decodes the examples of RFC 4648",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
  func examples(text: String, base64: String) {
    #expect(Base64.encoded(Array(text.utf8)) == base64)
    #expect(Base64.decoded(base64) == Array(text.utf8))
    #expect(Base64.decoded(base64.replacing("=", with: "")) == Array(text.utf8))
  }

  @Test("decodes all bytes that it encoded, also with line breaks")
  func roundTrip() {
    for count in 0..<70 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
      let text = Base64.encoded(bytes)
      #expect(Base64.decoded(text) == bytes)
      #expect(Base64.decoded(text.map { "\($0)\n" }.joined()) == bytes)
    }
  }

  @Test(
    "refuses other texts",
    arguments: [
      "A", "AAAAA", "A=AA", "AA=A", "AAA==", "AA===", "====", "AA!A", "-_-_", "\u{e9}AAA",
    ])
  func others(text: String) {
    #expect(Base64.decoded(text) == nil)
  }

  @Test("decodes the alphabet for addresses where that is allowed")
  func addresses() {
    #expect(Base64.decoded("-_-_", allowsURLAlphabet: true) == [0xFB, 0xFF, 0xBF])
    #expect(Base64.decoded("+/+/", allowsURLAlphabet: true) == [0xFB, 0xFF, 0xBF])
  }
}

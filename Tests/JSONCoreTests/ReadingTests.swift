import JSONCore
import Testing

@Suite("Reading JSON")
struct ReadingTests {
  @Test(
    "accepts every form of RFC 8259",
    arguments: [
      ("[]", []), ("[ ]", []), ("{}", [:]), ("null", nil), ("true", true), ("false", false),
      ("0", 0), ("-1", -1), ("1.5", 1.5), ("\"\"", ""), ("\"a\"", "a"),
      ("\"\\u0061\\n\\/\"", "a\n/"),
      ("[1,2 , 3]", [1, 2, 3]), ("{\"a\":1}", ["a": 1]), ("{\"a\":1,\"a\":2}", ["a": 1, "a": 2]),
      ("{\"\":0}", ["": 0]), ("\u{FEFF}[1]", [1]), (" \t\r\n[]\n", []),
      ("[\"\u{7F}\"]", ["\u{7F}"]),
      ("\"\u{2028}\"", "\u{2028}"), ("\"😀é\"", "😀é"), ("[[[[[[]]]]]]", [[[[[[]]]]]]),
      ("\"\\uD83D\\uDE00\"", "😀"), ("\"\\u0000\"", "\0"),
    ] as [(String, JSONValue)])
  func accepts(_ text: String, _ value: JSONValue) throws {
    #expect(try JSONValue(parsing: Array(text.utf8)) == value)
  }

  @Test(
    "keeps the spelling of numbers",
    arguments: [
      "-0", "1e5", "1E+2", "1.0e-07", "123456789012345678901234567890", "1E400",
    ])
  func numbers(_ text: String) throws {
    guard case .number(let number) = try JSONValue(parsing: Array(text.utf8)) else {
      Issue.record("not a number")
      return
    }
    #expect(number.text == text)
  }

  @Test(
    "rejects invalid JSON, and reports the place",
    arguments: [
      ("", "line 1, column 1: expected a value, found the end of the text"),
      ("[", "line 1, column 2: expected a value, found the end of the text"),
      ("[1,]", "line 1, column 4: expected a value, found ']'"),
      ("[1 2]", "line 1, column 4: expected ',' or ']' after a value, found '2'"),
      ("[1", "line 1, column 3: expected ',' or ']' after a value, found the end of the text"),
      ("{\"a\" 1}", "line 1, column 6: expected ':' after a member's name, found '1'"),
      ("{\"a\":1,}", "line 1, column 8: expected a member's name in double quotes, found '}'"),
      ("{a:1}", "line 1, column 2: expected a member's name in double quotes, found 'a'"),
      ("{\"a\":1]", "line 1, column 7: expected ',' or '}' after a value, found ']'"),
      ("nul", "line 1, column 1: expected null, found 'n'"),
      ("01", "line 1, column 2: a number must not have leading zeros"),
      ("-", "line 1, column 2: expected a digit, found the end of the text"),
      ("+1", "line 1, column 1: expected a value, found '+'"),
      (".5", "line 1, column 1: expected a value, found '.'"),
      (
        "1.",
        "line 1, column 3: expected a digit after the decimal point, found the end of the text"
      ),
      ("1e", "line 1, column 3: expected a digit in the exponent, found the end of the text"),
      ("\"a", "line 1, column 1: this string is not terminated"),
      ("\"\\x\"", "line 1, column 3: \\ must be followed by one of \"\\/bfnrtu, found 'x'"),
      ("\"\\u12\"", "line 1, column 3: expected four hexadecimal digits after \\u"),
      (
        "\"a\nb\"",
        "line 1, column 3: a control character in a string must be escaped, found byte 0x0a"
      ),
      ("[1] x", "line 1, column 5: expected the end of the text after the value, found 'x'"),
      ("[\n  1,\n  é]", "line 3, column 3: expected a value, found 'é'"),
      ("// c\n1", "line 1, column 1: expected a value, found '/'"),
      ("'a'", "line 1, column 1: expected a value, found '''"),
      ("\u{2060}1", "line 1, column 1: expected a value, found '\u{2060}'"),
    ])
  func refuses(_ text: String, _ message: String) {
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: Array(text.utf8)) }
    #expect(error?.description == message)
  }

  @Test("counts columns in characters, not bytes")
  func columns() {
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: Array("[\"éé\" x".utf8)) }
    #expect(error?.column == 7)
    #expect(error?.offset == 8)
  }

  @Test(
    "rejects bytes that are not UTF-8, or repairs them if requested",
    arguments: [
      [0xFF], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
      [0xC3], [0xE2, 0x82], [0x80], [0xF0, 0x9F, 0x98],
    ] as [[UInt8]])
  func invalidUTF8(_ bytes: [UInt8]) throws {
    let text = [UInt8(ascii: "\"")] + Array("0123456789".utf8) + bytes + [UInt8(ascii: "\"")]
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    #expect(error?.code == .invalidUTF8)
    #expect(error?.offset == 11)
    let repaired = try JSONValue(
      parsing: text, options: JSONReadingOptions(repairsInvalidUTF8: true))
    #expect(repaired.string?.hasPrefix("0123456789\u{FFFD}") == true)
    // The same for escapes, even if an unpaired surrogate remains.
    for (escape, decoded) in [
      ("\\n\\u00e9\\ud83d\\ude00", "\né😀"), ("\\ud800", "\u{FFFD}\u{FFFD}\u{FFFD}"),
    ] {
      let mixed = text.dropLast() + Array("\(escape)\"".utf8)
      let value = try JSONValue(
        parsing: Array(mixed), options: JSONReadingOptions(repairsInvalidUTF8: true))
      guard case .string(let string) = value else {
        Issue.record("not a string")
        continue
      }
      #expect(string.string.hasPrefix("0123456789\u{FFFD}"))
      #expect(string.string.hasSuffix(decoded))
      #expect(string.hasLoneSurrogates == (escape == "\\ud800"))
    }
  }

  @Test("accepts Python's NaN and infinities, unless disabled")
  func nonFinite() throws {
    let text = Array("[NaN, Infinity, -Infinity]".utf8)
    let value = try JSONValue(parsing: text)
    #expect(value[0]?.double?.isNaN == true)
    #expect(value[1]?.double == .infinity)
    #expect(value[2]?.double == -.infinity)
    #expect(value.serialized() == Array("[NaN,Infinity,-Infinity]".utf8))
    #expect(throws: JSONError.self) {
      try JSONValue(parsing: text, options: JSONReadingOptions(allowsNonFinite: false))
    }
  }

  @Test("limits the depth of any text", arguments: ["[", "{\"a\":"])
  func depth(_ opening: String) throws {
    let deep = Array(String(repeating: opening, count: 100_000).utf8)
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: deep) }
    #expect(error?.code == .tooDeep)
    let allowed = String(repeating: "[", count: 1000) + String(repeating: "]", count: 1000)
    let value = try JSONValue(parsing: Array(allowed.utf8))
    #expect(value.serialized() == Array(allowed.utf8))
  }

  @Test("returns the last of two members with the same name")
  func duplicates() throws {
    let value = try JSONValue(parsing: Array("{\"a\":1,\"b\":2,\"a\":3}".utf8))
    #expect(value["a"] == 3)
    #expect(value.object?.count == 3)
  }

  @Test("distinguishes canonically equivalent names")
  func canonicalEquivalence() throws {
    let value = try JSONValue(parsing: Array("{\"\u{E9}\":1,\"e\u{301}\":2}".utf8))
    #expect(value["\u{E9}"] == 1)
    #expect(value["e\u{301}"] == 2)
  }
}

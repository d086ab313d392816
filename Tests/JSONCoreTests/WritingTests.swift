import JSONCore
import Testing

@Suite("Writing JSON")
struct WritingTests {
  @Test(
    "keeps every number as it was spelled",
    arguments: ["1e-07", "1.0", "1E5", "-0", "0.10", "12345678901234567890123", "1e400", "-0.0"])
  func spelling(_ number: String) throws {
    #expect(try JSONValue(parsing: Array(number.utf8)).serialized() == Array(number.utf8))
  }

  @Test(
    "spells a double as Python's repr does",
    arguments: [
      (0.1, "0.1"), (1, "1.0"), (-1.5, "-1.5"), (1e15, "1000000000000000.0"), (1e16, "1e+16"),
      (1.5e16, "1.5e+16"), (1e22, "1e+22"), (1e-4, "0.0001"), (1e-5, "1e-05"),
      (1.25e-7, "1.25e-07"),
      (123456.789, "123456.789"), (.leastNonzeroMagnitude, "5e-324"),
      (1.7976931348623157e308, "1.7976931348623157e+308"),
      (0, "0.0"), (-0.0, "-0.0"), (.nan, "NaN"), (.infinity, "Infinity"), (-.infinity, "-Infinity"),
      (2.0 / 3, "0.6666666666666666"), (1e100, "1e+100"), (100, "100.0"),
      (9007199254740992, "9007199254740992.0"),
    ] as [(Double, String)])
  func repr(_ double: Double, _ text: String) {
    #expect(JSONNumber(double).text == text)
  }

  @Test(
    "writes a parsed number as Python does",
    arguments: [
      ("1e5", "100000.0"), ("1E-7", "1e-07"), ("1.10", "1.1"), ("-0", "0"), ("-0.0", "-0.0"),
      ("10000000000000000000000", "10000000000000000000000"), ("1e400", "Infinity"), ("42", "42"),
    ])
  func pythonSpelling(_ text: String, _ expected: String) throws {
    #expect(try #require(JSONNumber(text: text)).pythonSpelling.text == expected)
  }

  @Test("escapes as Python's json does, and only where required")
  func escapes() throws {
    let text = "\"\\\u{8}\u{C}\n\r\t\u{1}\u{1F}\u{7F}/é\u{2028}😀"
    let written = String(decoding: JSONValue(text).serialized(), as: UTF8.self)
    #expect(
      written == "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f\u{7F}/é\u{2028}😀\"")
    #expect(try JSONValue(parsing: Array(written.utf8)).string == text)
  }

  @Test("escapes everything outside ASCII if requested")
  func ascii() throws {
    let style = JSONStyle(escapesNonASCII: true)
    #expect(
      String(decoding: JSONValue("aé\u{2028}😀z").serialized(style), as: UTF8.self)
        == "\"a\\u00e9\\u2028\\ud83d\\ude00z\"")
  }

  @Test(
    "keeps unpaired surrogates",
    arguments: ["\"\\ud800\"", "\"a\\udc00b\"", "\"\\udc00\\ud800\"", "\"é\\ud83d\\n\""])
  func loneSurrogates(_ text: String) throws {
    let value = try JSONValue(parsing: Array(text.utf8))
    #expect(value.serialized() == Array(text.utf8))
    #expect(value.string?.contains("\u{FFFD}") == true)
  }

  @Test("writes Jupyter's form: one space a level, sorted names")
  func jupyter() throws {
    let value: JSONValue = ["b": [1, []], "B": [:], "é": nil, "a": ["x": true]]
    let expected = """
      {
       "B": {},
       "a": {
        "x": true
       },
       "b": [
        1,
        []
       ],
       "é": null
      }
      """
    #expect(String(decoding: value.serialized(.jupyter), as: UTF8.self) == expected)
  }

  @Test("reads back what it wrote, for strings of every length around the scanner's words")
  func wordBoundaries() throws {
    for length in 0..<40 {
      for special in ["\"", "\\", "\n", "é", "😀", "\u{1F}", "\u{80}", " "] {
        for place in 0...length {
          var text = String(repeating: "x", count: length)
          text.insert(contentsOf: special, at: text.index(text.startIndex, offsetBy: place))
          let bytes = JSONValue(text).serialized()
          try #require(try JSONValue(parsing: bytes).string == text)
        }
      }
    }
  }
}

@Suite("Removed white space")
struct CompactorTests {
  @Test("keeps strings unchanged, wherever the text is split outside of escapes")
  func anyCut() throws {
    let text = Array("{ \"a b\" : [ 1,\n  \"x \\\" y\\\\\", \"\\n { ] \" ],\r\n\t\"é\": { } }".utf8)
    let value = try JSONValue(parsing: text)
    for cut in text.indices where cut == 0 || text[cut - 1] != UInt8(ascii: "\\") {
      var bytes: [UInt8] = []
      var compactor = JSONCompactor()
      for piece in [text[..<cut], text[cut...]] {
        piece.withUnsafeBytes { compactor.append($0, to: &bytes) }
      }
      #expect(bytes == value.serialized())
    }
  }

  @Test("the contents of a list's strings are joined without decoding them")
  func joined() {
    var bytes: [UInt8] = []
    let list = Array(#"["a\n", "\"b\\", "", "é"]"#.utf8)
    list.withUnsafeBytes { JSONText.appendJoined($0, to: &bytes) }
    #expect(String(decoding: bytes, as: UTF8.self) == #"a\n\"b\\é"#)
  }
}

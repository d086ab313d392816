import JSONCore
import Testing

/// RFC 8259 case by case: texts that must be accepted, texts that must be rejected, and texts for
/// which it does not say.
///
/// The cases cover the same ground as the well-known JSON test suites, but are our own.
@Suite("RFC 8259")
struct ConformanceTests {
  /// Texts with `\xNN` for bytes that Swift's strings cannot contain.
  private static func bytes(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = Substring(text)
    while let mark = rest.firstRange(of: "⟨") {
      bytes += Array(rest[..<mark.lowerBound].utf8)
      rest = rest[mark.upperBound...]
      let end = rest.firstIndex(of: "⟩") ?? rest.endIndex
      bytes += rest[..<end].split(separator: " ").compactMap { UInt8($0, radix: 16) }
      rest = rest[end...].dropFirst()
    }
    return bytes + Array(rest.utf8)
  }

  @Test(
    "texts that must be accepted are read, and written back unchanged",
    arguments: [
      // Structure
      "[]", "{}", "[[]]", "[{}]", "{\"a\":[]}", "[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]",
      "[1,null,true,false,\"\",{},[]]", "{\"a\":{\"b\":{\"c\":null}}}", "{\"a\":1,\"b\":2,\"a\":3}",
      "{\"a\":\"b\",\"a\":\"b\"}", "{\"\":\"\"}", "{\"\\u0000\":1}", "{\"min\":-1e28,\"max\":1e28}",
      "[\"asd\",[\"sdf\"]]", "{\"x\":[{\"id\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}]}",
      // Lone values
      "null", "true", "false", "42", "-0.1", "\"\"", "\"asd\"",
      // Numbers
      "[0]", "[-0]", "[-1]", "[123]", "[-123]", "[20e1]", "[0e1]", "[0e+1]", "[0E0]", "[1E22]",
      "[1E-2]", "[1E+2]", "[1e1]", "[123e45]", "[123e65]", "[123.456e78]", "[123.456789]", "[-1.5]",
      "[1.0]", "[0.0]", "[-0.0]", "[0.000000000000000000000000000000000000000000000000000000001]",
      "[-0.000000000000000000000000000000000000000000000000000000000000000000000000000001]",
      "[1.000000000000000005]", "[0.4e00669999999999999999999999999999999999999999969999999006]",
      "[123123e100000]", "[-123123e100000]", "[123e-10000000]", "[-1e+9999]", "[1.5e+9999]",
      "[100000000000000000000]", "[-123123123123123123123123123123]", "[18446744073709551616]",
      "[9007199254740993]", "[-9223372036854775809]",
      // Strings
      "[\"a\"]", "[\" \"]", "[\"\u{7F}\"]", "[\"é\"]", "[\"€\"]", "[\"𝄞\"]",
      "[\"\u{2028}\u{2029}\"]",
      "[\"⟨ef bf bf⟩\"]", "[\"⟨f4 8f bf bf⟩\"]", "[\"\u{FEFF}\"]", "[\"\u{00A0}\"]",
      "[\"\u{0085}\"]",
      "[\"a/*b*/c//d\"]", "[\"%\"]", "[\"\u{E000}\u{F8FF}\"]", "[\"e\u{301}\"]", "[\"😀👩‍👩‍👧\"]",
      "[\"\\\"\\\\\\b\\f\\n\\r\\t\"]", "[\"\\u0001\"]", "[\"\\u001f\"]", "[\"\\u000b\"]",
    ])
  func reads(_ text: String) throws {
    let bytes = Self.bytes(text)
    #expect(try JSONValue(parsing: bytes).serialized() == bytes)
  }

  @Test(
    "valid texts are read",
    arguments: [
      (" [] ", "[]"), ("\t\r\n[\t\r\n]\t\r\n", "[]"),
      ("{ \"a\" : 1 , \"b\" : [ 2 , 3 ] }", "{\"a\":1,\"b\":[2,3]}"),
      ("[1\n,1\n\n,1]", "[1,1,1]"), ("[\"\\/\"]", "[\"/\"]"), ("[\"\\u0041\"]", "[\"A\"]"),
      ("[\"\\u00E9\\u00e9\"]", "[\"éé\"]"), ("[\"\\uD834\\uDD1E\"]", "[\"𝄞\"]"),
      ("[\"\\ud83d\\ude39\\ud83d\\udc8d\"]", "[\"😹💍\"]"), ("[\"\\u0022\"]", "[\"\\\"\"]"),
      ("[\"\\u005C\"]", "[\"\\\\\"]"), ("[\"\\u000a\"]", "[\"\\n\"]"),
      ("[\"\\u2028\"]", "[\"\u{2028}\"]"),
      ("[\"\\uFFFE\"]", "[\"⟨ef bf be⟩\"]"), ("[\"\\uFDD0\"]", "[\"⟨ef b7 90⟩\"]"),
      ("[\"\\uDBFF\\uDFFE\"]", "[\"⟨f4 8f bf be⟩\"]"), ("[\"\\u007F\"]", "[\"\u{7F}\"]"),
      ("[\"a\\u0062c\"]", "[\"abc\"]"), ("{\"\\u0061\":1}", "{\"a\":1}"),
    ])
  func spellings(_ text: String, _ plain: String) throws {
    #expect(try JSONValue(parsing: Self.bytes(text)).serialized() == Self.bytes(plain))
  }

  @Test(
    "texts that must be rejected are rejected, with the place",
    arguments: [
      // Structure
      "", " ", "\n", "⟨00⟩", "[", "]", "{", "}", "[[", "[{", "{\"a\"", "{\"a\":", "{\"a\":1",
      "{\"a\":1,",
      "[1", "[1,", "[,", "[,1]", "[1,,2]", "[1,]", "[1,,]", "[\"\",]", "[1 true]", "[1:2]",
      "[\"a\":1]",
      "[\"a\" \"b\"]", "[3[4]]", "[1]]", "[[]", "[]]", "[}", "{]", "[1}", "{\"a\":1]", "{,}",
      "{,\"a\":1}",
      "{\"a\":1,}", "{\"a\":1,,\"b\":2}", "{\"a\"}", "{\"a\",1}", "{\"a\" 1}", "{\"a\"::1}", "{:1}",
      "{1:1}",
      "{a:1}", "{'a':1}", "{null:null}", "{true:1}", "{[]:1}", "{\"a\":1 \"b\":2}",
      "{\"a\":1;\"b\":2}",
      "[][]", "[] []", "{}{}", "1 2", "[1]x", "[1],", "{\"a\":true}x", "null null", "[1]⟨00⟩",
      "[⟨00⟩]",
      "[1;2]", "(1)", "<null>", "[\u{FEFF}]", "[\u{00A0}]", "[\u{2060}]", "[\u{0C}]", "[\u{0B}]",
      "⟨1f⟩[]",
      "[⟨e5⟩]", "[⟨ff⟩]", "⟨fe ff 00 5b 00 5d⟩", "⟨ff fe 5b 00 5d 00⟩", "⟨00 5b 00 5d⟩",
      "⟨ef bb⟩{}",
      "[] // c", "/* c */[]", "[1/*c*/]", "# c\n[]", "*", "@", "\\", "[\\u000A\"\"]", "å", "~",
      // Literals
      "nul", "nulll", "Null", "NULL", "tru", "truee", "True", "TRUE", "fals", "False", "undefined",
      "nan", "Nan", "NAN", "infinity", "inf", "INF", "+Infinity", "-NaN", "-nan", "Infinity1",
      "NaN1",
      "None", "[nul]", "[truth]", "yes", "t", "f", "n", "-", "[-]",
      // Numbers
      "[+1]", "[++1]", "[--1]", "[01]", "[-01]", "[00]", "[012]", "[-012.5]", "[.5]", "[-.5]",
      "[.]", "[1.]", "[-1.]",
      "[1.e1]", "[2.e+3]", "[0.e1]", "[1e]", "[1E]", "[1e+]", "[1e-]", "[1e1.5]", "[1ee1]",
      "[1.5.5]",
      "[0x1]", "[0x]", "[1x]", "[1a]", "[-a]", "[1_000]", "[1,000.0.0]", "[1 000]", "[0e]",
      "[0.3e]", "[9.e]", "[1e0e]",
      "[- 1]", "[1+2]", "[-2.]", "[1⟨e5⟩]", "[1e1⟨e5⟩]", "[-1⟨e5⟩]", "[１]", "[½]", "[1,2.]",
      "[1/2]", "[0b1]", "[0o7]",
      "[1.0f]", "[1L]", "[$1]", "[2.e3]", "[.2e-3]", "[0.1.2]", "[-foo]", "[-Inf]", "[1Infinity]",
      // Strings
      "\"", "[\"", "[\"a", "[\"a]", "['a']", "[a]", "[\"a\"b]", "[\"\\\"]", "[\"\\x00\"]",
      "[\"\\a\"]", "[\"\\v\"]",
      "[\"\\'\"]", "[\"\\0\"]", "[\"\\1\"]", "[\"\\ \"]", "[\"\\\n\"]", "[\"\\U0041\"]",
      "[\"\\u\"]", "[\"\\u1\"]", "[\"\\u12\"]",
      "[\"\\u123\"]", "[\"\\u00G0\"]", "[\"\\u{41}\"]", "[\"\\uD834\\u\"]", "[\"\\uD834\\u12\"]",
      "[\"\\u+041\"]",
      "[\"\\u 041\"]", "[\"\n\"]", "[\"\r\"]", "[\"\t\"]", "[\"⟨00⟩\"]", "[\"⟨01⟩\"]", "[\"⟨1f⟩\"]",
      "[\"a⟨00⟩a\"]",
      "[\"\\⟨00⟩\"]", "[\"\\⟨e5⟩\"]", "[\"\\🌀\"]", "[\"\\u⟨e5⟩\"]", "[“a”]", "`a`", "\"\\",
      "[\"\\u00⟨22⟩]",
      // UTF-8
      "[\"⟨80⟩\"]", "[\"⟨bf⟩\"]", "[\"⟨c0 80⟩\"]", "[\"⟨c0 af⟩\"]", "[\"⟨c1 bf⟩\"]", "[\"⟨c3⟩\"]",
      "[\"⟨c3 28⟩\"]",
      "[\"⟨e0 80 80⟩\"]", "[\"⟨e0 9f bf⟩\"]", "[\"⟨e2 82⟩\"]", "[\"⟨e2 28 a1⟩\"]",
      "[\"⟨e2 82 28⟩\"]",
      "[\"⟨ed a0 80⟩\"]", "[\"⟨ed bf bf⟩\"]", "[\"⟨f0 80 80 80⟩\"]", "[\"⟨f0 8f bf bf⟩\"]",
      "[\"⟨f0 9f 98⟩\"]",
      "[\"⟨f0 28 8c bc⟩\"]", "[\"⟨f0 90 28 bc⟩\"]", "[\"⟨f4 90 80 80⟩\"]", "[\"⟨f5 80 80 80⟩\"]",
      "[\"⟨f8 88 80 80 80⟩\"]", "[\"⟨fc 84 80 80 80 80⟩\"]", "[\"⟨fe⟩\"]", "[\"⟨ff⟩\"]",
      "{\"⟨e9⟩\":1}",
      "[\"日⟨d1 88 fa⟩\"]",
    ])
  func refuses(_ text: String) {
    let bytes = Self.bytes(text)
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: bytes) }
    guard let error else { return }
    #expect((0...bytes.count).contains(error.offset))
    let before = bytes[..<error.offset]
    #expect(error.line == before.count { $0 == 0x0A } + 1)
    #expect(error.column >= 1 && error.column <= before.count + 1)
  }

  @Test(
    "does not define these, and Lyre reads them as Python does",
    arguments: [
      ("[NaN]", "[NaN]"), ("[Infinity]", "[Infinity]"), ("[-Infinity]", "[-Infinity]"),
      ("⟨ef bb bf⟩[]", "[]"), ("[\"\\ud800\"]", "[\"\\ud800\"]"),
      ("[\"\\uDFAA\"]", "[\"\\udfaa\"]"),
      ("[\"\\uD800\\uD800\\n\"]", "[\"\\ud800\\ud800\\n\"]"),
      ("[\"\\uDd1e\\uD834\"]", "[\"\\udd1e\\ud834\"]"),
      ("[\"\\ud800abc\"]", "[\"\\ud800abc\"]"), ("[\"\\uD888\\u1234\"]", "[\"\\ud888ሴ\"]"),
      ("{\"\\uDFAA\":0}", "{\"\\udfaa\":0}"), ("[1e400]", "[1e400]"), ("[0.1e-999]", "[0.1e-999]"),
    ])
  func open(_ text: String, _ result: String) throws {
    #expect(try JSONValue(parsing: Self.bytes(text)).serialized() == Self.bytes(result))
  }

  @Test("rejects every truncated text")
  func cutOff() throws {
    let whole = Array(
      "{\"a\": [1.5e-3, true, null, \"é\\u00e9\\n😀\"], \"b\": {\"c\": [[], {}, -0]}}".utf8)
    _ = try JSONValue(parsing: whole)
    for length in 0..<whole.count {
      #expect(throws: JSONError.self) { try JSONValue(parsing: Array(whole[..<length])) }
    }
  }

  @Test("reads 500 levels, and rejects more levels than the limit without recursion")
  func depth() throws {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
      let text = String(repeating: open, count: 500) + "1" + String(repeating: close, count: 500)
      #expect(try JSONValue(parsing: Array(text.utf8)).serialized() == Array(text.utf8))
      let deep = Array(String(repeating: open, count: 1_000_000).utf8)
      let error = #expect(throws: JSONError.self) { try JSONValue(parsing: deep) }
      #expect(error?.code == .tooDeep)
    }
  }
}

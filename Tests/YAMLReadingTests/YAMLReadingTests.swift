import JSONCore
import Testing
import YAMLReading

@Suite("YAML")
struct YAMLReadingTests {
  @Test(
    "unquoted words are as in papermill, and numbers that JSON cannot represent are texts",
    arguments: [
      ("1", "1"), ("-5", "-5"), ("+5", "5"), ("0", "0"), ("1.50", "1.50"), (".5", "0.5"),
      ("5.", "5.0"), ("1e5", "1e5"), ("1E-5", "1E-5"), ("6.02e+23", "6.02e+23"),
      ("123456789012345678901234567890", "123456789012345678901234567890"),
      ("0x1F", "31"), ("-0x1f", "-31"), ("0o17", "15"), ("0b101", "5"),
      (".nan", "NaN"), (".inf", "Infinity"), ("-.INF", "-Infinity"), ("+.inf", "Infinity"),
      ("007", #""007""#), ("1_0", #""1_0""#), ("1_000.5", #""1_000.5""#), ("12:30", #""12:30""#),
      ("1e400", #""1e400""#), ("1e-400", #""1e-400""#), ("0x+1", #""0x+1""#),
      ("1.2.3", #""1.2.3""#), ("-", #"[null]"#), ("1e", #""1e""#), ("nan", #""nan""#),
      ("yes", "true"), ("Yes", "true"), ("ON", "true"), ("true", "true"), ("no", "false"),
      ("Off", "false"), ("FALSE", "false"), ("yEs", #""yEs""#), ("y", #""y""#),
      ("~", "null"), ("null", "null"), ("NULL", "null"), ("nUll", #""nUll""#),
      ("2019-01-01", #""2019-01-01""#),
      ("2001-12-14t21:59:43.10-05:00", #""2001-12-14t21:59:43.10-05:00""#),
      ("'1'", #""1""#), (#""a\tb\u00e9""#, "\"a\\tb\u{E9}\""), ("'it''s'", #""it's""#),
      ("!!str 5", #""5""#), ("!!int '5'", "5"), ("!!float 5", "5.0"), ("!!bool 'yes'", "true"),
      ("!!timestamp 2001-12-14", #""2001-12-14""#), ("! 5", #""5""#), ("!!null x", "null"),
      ("|\n  a\n  b\n", #""a\nb\n""#), (">-\n  a\n  b\n", #""a b""#),
      ("=", #""=""#), ("[1, a, [b]]", #"[1,"a",["b"]]"#), ("😀", #""😀""#),
    ])
  func words(_ text: String, _ json: String) throws {
    #expect(try JSONValue(parsingYAML: text)?.description == json)
  }

  @Test(
    "mappings keep their order, aliases and merge keys",
    arguments: [
      ("b: 1\na: 2", #"{"b":1,"a":2}"#),
      ("1: x\ntrue: y\n~: z", #"{"1":"x","true":"y","~":"z"}"#),
      ("a: &x [1]\nb: *x", #"{"a":[1],"b":[1]}"#),
      (
        "a: &x {k: 1, l: 2}\nb:\n  l: 3\n  <<: *x\n  m: 4",
        #"{"a":{"k":1,"l":2},"b":{"k":1,"l":3,"m":4}}"#
      ),
      (
        "a: &x {k: 1}\nb: &y {k: 2, l: 3}\nc: {<<: [*x, *y]}",
        #"{"a":{"k":1},"b":{"k":2,"l":3},"c":{"k":1,"l":3}}"#
      ),
      ("'<<': 1", #"{"<<":1}"#), ("!!set {a, b}", #"{"a":null,"b":null}"#),
      ("a:\nb:", #"{"a":null,"b":null}"#), ("{}", "{}"),
      ("# nothing\na: 1 # but this", #"{"a":1}"#),
      ("&a a: &b b\nc: *b", #"{"a":"b","c":"b"}"#),
    ])
  func mappings(_ text: String, _ json: String) throws {
    #expect(try JSONValue(parsingYAML: text)?.description == json)
  }

  @Test("an empty text has no value", arguments: ["", "\n# only a comment\n"])
  func nothing(_ text: String) throws {
    #expect(try JSONValue(parsingYAML: text) == nil)
  }

  @Test(
    "errors have a place",
    arguments: [
      ("a: [1, 2", "line 2, column 1: did not find expected ',' or ']'"),
      ("a: 1\n b: 2", "line 2, column 3: mapping values are not allowed in this context"),
      ("a: 1\nb: 2\na: 3", "line 1, column 1: the name 'a' is defined twice"),
      ("1: a\n'1': b", "line 1, column 1: the name '1' is defined twice"),
      ("a: *b", "line 1, column 4: found undefined alias"),
      ("a: 1\n---\nb: 2", "line 2, column 1: but found another document"),
      (
        "a: !!python/object:os.system x",
        "line 1, column 4: the tag 'python/object:os.system' is not known"
      ),
      ("a: !mine {b: 1}", "line 1, column 4: the tag '!mine' is not known"),
      ("a: !!int x", "line 1, column 4: 'x' is not a value of the tag 'int'"),
      ("a: {<<: 1}", "line 1, column 9: only mappings can be merged"),
      ("? [a]\n: b", "line 1, column 3: a name must be a word or a number"),
      ("a: \u{1}", "control characters are not allowed"),
    ])
  func errors(_ text: String, _ message: String) {
    do {
      let value = try JSONValue(parsingYAML: text)
      Issue.record("read as \(String(describing: value))")
    } catch {
      #expect(error.description == message)
    }
  }

  /// Nine aliases of nine aliases of …: ten lines that expand to a billion words.
  private static let laughs: String = {
    var lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    for level in 1...9 {
      let aliases = repeatElement("*a\(level - 1)", count: 9).joined(separator: ", ")
      lines.append("a\(level): &a\(level) [\(aliases)]")
    }
    return lines.joined(separator: "\n")
  }()

  @Test(
    "a small text that expands to a huge value is rejected at once",
    .timeLimit(.minutes(1)),
    arguments: [
      laughs, laughs + "\n*a9 : x", laughs + "\u{2028}*a9 : x", laughs + "\n*a9   : x",
      laughs + "\n? *a9\n: x", laughs + "\n? [*a9]\n: x",
      laughs + "\n[*a9]: x", laughs + "\n{*a9 : x, *a9 : y}", laughs + "\nz: {<<: {k: *a9}}",
      (0..<100_000).map { "- &a\($0) [*a\(max($0 - 1, 0))]" }.joined(separator: "\n"),
      (0..<900).map { $0 == 0 ? "- &a0 [x]" : "- &a\($0) [*a\($0 - 1)]" }.joined(separator: "\n"),
      String(repeating: "[", count: 100_000), String(repeating: "- ", count: 100_000) + "x",
      String(repeating: "{a: ", count: 100_000),
      String(repeating: "[", count: 900) + String(repeating: "]", count: 900),
    ])
  func bombs(_ text: String) {
    #expect(throws: YAMLError.self) { try JSONValue(parsingYAML: text) }
  }

  @Test("a text with many aliases is read, with any comments and texts")
  func manyAliases() throws {
    var lines = (0..<6).map { "a\($0): &x\($0) {k: \($0)}" }
    lines += (0..<40).map { "b\($0): *x\($0 % 6)  # note: this, isn't it? (yes)" }
    lines += ["c: [*x1, *x2]", "d: {<<: [*x3, *x4], m: *x5}", "e: \"why? 'x': y\"", "f: a & b * c"]
    let value = try JSONValue(parsingYAML: lines.joined(separator: "\n"))
    #expect(value?["b39"] == ["k": 3])
    #expect(value?["c"] == [["k": 1], ["k": 2]])
    #expect(value?["d"] == ["k": 3, "m": ["k": 5]])
    #expect(value?["f"] == "a & b * c")
  }

  @Test("many names in one mapping are read in linear time", .timeLimit(.minutes(1)))
  func manyNames() throws {
    let text = (0..<50_000).map { "key\($0): \($0)" }.joined(separator: "\n")
    #expect(try JSONValue(parsingYAML: text)?.object?.count == 50_000)
  }
}

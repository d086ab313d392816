import JSONCore
import Testing
import YAMLReading

@Suite("YAML that is written")
struct YAMLWritingTests {
  @Test(
    "texts are read as they were, whatever they look like",
    arguments: [
      "", " ", "a", "a b", "yes", "No", "on", "OFF", "true", "null", "~", "y", "n", "1", "1.5",
      "1e5",
      "0x1F", "12:30", "2019-01-01", "-", "- a", "a: b", "a:", "a #b", "#", "'", "it's", "\"q\"",
      "{{$.inputs.parameters['x']}}", "{a", "[a", "*a", "&a", "!a", "%a", "@a", "`a", "|", ">",
      "a\nb", "a\nb\n", "a\n\n\nb\n\n", "\n", "\na", "  a\nb", "a \nb", "a\tb", "\ta\n", "a\r\nb",
      "größe", "😀", "\u{85}", "\u{2028}a", "a\u{FEFF}b", "\u{7F}", "\u{1}", "---", "--- a", "...",
      "a\n---\nb", "<<", "=", "nan", ".inf", "/mnt/x", "x/y:1", "a,b", "?", "? a", "key: |",
    ])
  func texts(_ text: String) throws {
    let value: JSONValue = [
      "text": .init(text), "list": [.init(text), 1], .init(text + "k"): ["x": .init(text)],
    ]
    let yaml = try value.yaml()
    #expect(try JSONValue(parsingYAML: yaml) == value, "\(yaml)")
  }

  @Test("values of other kinds are read as they were")
  func values() throws {
    let value: JSONValue = [
      "null": .null, "flags": [true, false], "empty": [:], "none": [],
      "deep": [[], [[:]], [["a": [1]]]], "whole": [0, -1, 123_456_789_012],
    ]
    #expect(try JSONValue(parsingYAML: value.yaml()) == value)
    let numbers = [2.5, 1e-7, 1.5e300, -1e21, 0.1]
    let read = try JSONValue(parsingYAML: JSONValue.array(numbers.map { .init($0) }).yaml())
    #expect(read?.array?.compactMap(\.double) == numbers)
  }

  @Test("people can read it: members in order, blocks for lines, quotes where they are needed")
  func style() throws {
    let value: JSONValue = [
      "b": "plain words", "a": ["one", "yes"], "script": "if a; then\n  b\nfi\n", "none": [:],
    ]
    let expected = """
      b: plain words
      a:
      - one
      - 'yes'
      script: |
        if a; then
          b
        fi
      none: {}

      """
    #expect(try value.yaml() == expected)
  }
}

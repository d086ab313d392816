import Testing

@testable import JSONCore

@Suite("Rewriting a text")
struct RewritingTests {
  private func rewritten(_ text: String, to value: JSONValue) throws -> String {
    try Array(text.utf8).withUnsafeBytes { buffer in
      let index = try JSONIndex(buffer)
      let bytes = index.rewriting(to: value, in: buffer, style: JSONStyle(of: buffer, index))
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  @Test(
    "keeps unchanged parts, and writes new ones like their neighbours",
    arguments: [
      ("{}", "{\"a\":1}", "{\n  \"a\": 1\n}"),
      ("{ }\n", "{}", "{ }\n"),
      ("{\"a\":1,\"b\":2}", "{\"b\":2}", "{\"b\":2}"),
      ("{\"a\":1, \"b\":2}", "{\"a\":1,\"c\":3,\"b\":2}", "{\"a\":1, \"c\":3, \"b\":2}"),
      (
        "{\n\t\"a\" : [1 ,2],\n\t\"b\" : {}\n}", "{\"a\":[1,2,3],\"b\":{}}",
        "{\n\t\"a\" : [1 ,2 ,3],\n\t\"b\" : {}\n}"
      ),
      (
        "{\n  \"a\": 1\n}", "{\"a\":1,\"b\":[{\"c\":null}]}",
        "{\n  \"a\": 1,\n  \"b\": [\n    {\n      \"c\": null\n    }\n  ]\n}"
      ),
      (
        "{\n  \"a\": [{\"id\": \"x\", \"n\": 1.0}, {\"id\": \"y\", \"n\": 2e0}]\n}",
        "{\"a\":[{\"id\":\"y\",\"n\":2e0}]}",
        "{\n  \"a\": [{\"id\": \"y\", \"n\": 2e0}]\n}"
      ),
      ("{\"a\":1,\"a\":2}", "{\"a\":1,\"a\":3}", "{\"a\":1,\"a\":3}"),
      ("[1, \"\\u00e9\", 3]", "[1,\"é\",4]", "[1, \"\\u00e9\", 4]"),
      ("[1,2,3,4,5]", "[1,2,9,3,4,5]", "[1,2,9,3,4,5]"),
      ("  1  ", "2", "  2  "),
    ])
  func examples(_ text: String, _ new: String, _ expected: String) throws {
    let value = try JSONValue(parsing: Array(new.utf8))
    #expect(try rewritten(text, to: value) == expected)
  }

  @Test("2,000 random changes: the text contains the value, and an equal value changes no byte")
  func random() throws {
    var numbers = Numbers(state: 3)
    let styles = [
      JSONStyle.compact, .pretty, .jupyter, JSONStyle(indent: "\t", newline: "\r\n"),
      JSONStyle(itemSeparator: " , ", keySeparator: " : ", escapesNonASCII: true),
    ]
    for round in 0..<2000 {
      let old = value(3, &numbers)
      let text = String(decoding: old.serialized(styles[round % styles.count]), as: UTF8.self)
      let read = try JSONValue(parsing: Array(text.utf8))
      let same = try rewritten(text, to: read)
      let new = change(read, &numbers)
      let written = try rewritten(text, to: new)
      let isRight = try JSONValue(parsing: Array(written.utf8)) == new
      #expect(same == text)
      #expect(isRight, "\(text)\n\(new)\n\(written)")
    }
  }

  private func value(_ depth: Int, _ numbers: inout Numbers) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &numbers) {
    case 0: return nil
    case 1: return .init(Int.random(in: 0..<5, using: &numbers))
    case 2: return .init(["", "é", "a\"b\n", "😀"][Int.random(in: 0..<4, using: &numbers)])
    case 3: return true
    case 4: return 1.5
    case 5:
      return .array(
        (0..<Int.random(in: 0..<5, using: &numbers)).map { _ in value(depth - 1, &numbers) })
    default:
      return .object(
        JSONObject(
          (0..<Int.random(in: 0..<5, using: &numbers)).map { _ in
            // Few names, so that some occur twice.
            let name = ["id", "a", "b", "ü", "c"][Int.random(in: 0..<5, using: &numbers)]
            return .init(key: JSONString(name), value: value(depth - 1, &numbers))
          }))
    }
  }

  private func change(_ old: JSONValue, _ numbers: inout Numbers) -> JSONValue {
    if Int.random(in: 0..<8, using: &numbers) == 0 { return value(2, &numbers) }
    switch old {
    case .array(var elements):
      elements = elements.map { change($0, &numbers) }
      if Int.random(in: 0..<3, using: &numbers) == 0 { elements.shuffle(using: &numbers) }
      if Int.random(in: 0..<3, using: &numbers) == 0, !elements.isEmpty {
        elements.remove(at: Int.random(in: 0..<elements.count, using: &numbers))
      }
      if Int.random(in: 0..<3, using: &numbers) == 0 {
        elements.insert(
          value(1, &numbers), at: Int.random(in: 0...elements.count, using: &numbers))
      }
      return .array(elements)
    case .object(let object):
      var members = object.members
      for place in members.indices {
        members[place].value = change(members[place].value, &numbers)
      }
      if Int.random(in: 0..<3, using: &numbers) == 0 { members.shuffle(using: &numbers) }
      if Int.random(in: 0..<3, using: &numbers) == 0, !members.isEmpty {
        members.remove(at: Int.random(in: 0..<members.count, using: &numbers))
      }
      if Int.random(in: 0..<3, using: &numbers) == 0 {
        members.append(.init(key: "new", value: value(1, &numbers)))
      }
      return .object(JSONObject(members))
    default: return old
    }
  }

  @Test("members and elements are changed in place")
  func inPlace() {
    var value: JSONValue = ["a": ["b": [1, 2]]]
    value.updateObject { object in
      object.update("a") { inner in
        inner.updateObject { $0.update("b") { $0.updateArray { $0.append(3) } } }
      }
      object.update("c") { $0 = true }
    }
    #expect(value == ["a": ["b": [1, 2, 3]], "c": true])
  }
}

/// Pseudo-random numbers, the same each time (SplitMix64).
private struct Numbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

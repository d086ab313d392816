@testable import JSONCore

extension FuzzTarget {
  /// A JSON text and, after 0xFF, another text as which it is rewritten.
  static let json = FuzzTarget(name: "json") { input in
    let parts = input.parts
    let text = parts[0]
    if input.isChosen {
      let long = Input.repeated(text, to: 64_000)
      _ = try? JSONValue(parsing: Array("[".utf8) + long)
      _ = try? JSONValue(parsing: Array("\"".utf8) + long + Array("\"".utf8))
    }
    let repairing = JSONReadingOptions(repairsInvalidUTF8: true)
    if let repaired = try? JSONValue(parsing: text, options: repairing) {
      require(
        (try? JSONValue(parsing: repaired.serialized())) == repaired, "repaired JSON is JSON")
    }
    guard let value = try? JSONValue(parsing: text) else { return }
    checkWriting(of: value)
    text.withUnsafeBytes { bytes in
      let index = required("a readable text has an index") { try JSONIndex(bytes) }
      require(index.value(index.root, in: bytes) == value, "index and reader agree")
      let style = JSONStyle(of: bytes, index)
      require(
        index.rewriting(to: value, in: bytes, style: style) == text,
        "the same value, the same bytes")
      for node in index.nodes.indices where index.kind(node) == .number {
        checkNumber(String(decoding: bytes[index.range(node)], as: UTF8.self))
      }
      guard parts.count > 1, let other = try? JSONValue(parsing: parts[1]) else { return }
      let written = index.rewriting(to: other, in: bytes, style: style)
      require(
        (try? JSONValue(parsing: written)) == other, "a rewritten text has the requested value")
      _ = JSONNumber(decimal: String(decoding: parts[1], as: UTF8.self))
    }
  }

  private static func checkWriting(of value: JSONValue) {
    for style in [
      JSONStyle.compact, .pretty, JSONStyle(indent: "\t", newline: "\r\n", escapesNonASCII: true),
    ] {
      let written = value.serialized(style)
      require((try? JSONValue(parsing: written)) == value, "a written text is read back unchanged")
    }
    let sorted = value.serialized(.jupyter)
    let again = required("a sorted value can be read") { try JSONValue(parsing: sorted) }
    require(again.serialized(.jupyter) == sorted, "sorting twice is sorting once")
  }

  private static func checkNumber(_ text: String) {
    guard let number = JSONNumber(text: text) else {
      fatalError("broken: a number of a text is a number")
    }
    require(number.text == text, "a number keeps its spelling")
    let python = number.pythonSpelling
    require(python.pythonSpelling == python, "Python's spelling is Python's spelling")
    let bytes = Array(text.utf8)
    if bytes.withUnsafeBytes({ JSONNumber.isPythonSpelling($0) }) {
      require(python == number, "what counts as Python's spelling is it")
    }
    if !number.isIntegerSpelling, !number.double.isNaN {
      require(python.double == number.double, "Python's spelling is the same number")
    }
    if let int = number.int { require(Double(int) == number.double, "an integer is its double") }
  }
}

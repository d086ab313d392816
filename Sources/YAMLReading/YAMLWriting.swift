public import JSONCore
import Yams

extension JSONValue {
  /// The value as a document of YAML, for people and for every reader of YAML 1.1 and 1.2.
  ///
  /// Members keep their order. Texts of several lines are literal blocks; other texts are quoted unless
  /// every reader takes them for texts. The same value gives the same text.
  ///
  /// - Throws: ``YAMLError`` if the value cannot be written.
  public func yaml() throws(YAMLError) -> String {
    do {
      return try serialize(
        node: YAMLNodeWriter().node(self), indent: 2, width: -1, allowUnicode: true)
    } catch {
      throw YAMLError("it cannot be written as YAML: \(error)")
    }
  }
}

/// Converts values to the writer's nodes.
///
/// Nodes share their tags: the library makes a table of all its types for each new one.
struct YAMLNodeWriter {
  private let text = Tag(.str)
  private let list = Tag(.seq)
  private let members = Tag(.map)

  func node(_ value: JSONValue) -> Node {
    switch value {
    case .null: scalar("null", .plain)
    case .bool(let flag): scalar(flag ? "true" : "false", .plain)
    case .number(let number): scalar(Self.spelling(number), .plain)
    case .string(let text): string(text.string)
    case .array(let elements):
      .sequence(.init(elements.map(node), list, elements.isEmpty ? .flow : .block))
    case .object(let object):
      .mapping(
        .init(
          object.map { (string($0.key.string), node($0.value)) }, members,
          object.isEmpty ? .flow : .block))
    }
  }

  private func scalar(_ spelling: String, _ style: Node.Scalar.Style) -> Node {
    // With a tag, the writer does not look for one, which takes longer than all else.
    .scalar(.init(spelling, text, style))
  }

  /// Texts for which a style is not possible are written between double quotes.
  private func string(_ text: String) -> Node {
    // The writer would leave a byte order mark out.
    if text.unicodeScalars.contains("\u{FEFF}") { return scalar(text, .doubleQuoted) }
    if text.utf8.contains(0x0A) { return scalar(text, .literal) }
    return scalar(text, Self.isWord(text) ? .plain : .singleQuoted)
  }

  /// Whether every reader takes a text without quotes for that text.
  static func isWord(_ text: String) -> Bool {
    guard let first = text.utf8.first, isLetter(first) || first == UInt8(ascii: "/"),
      text.utf8.last != UInt8(ascii: " "), text.utf8.last != UInt8(ascii: ":"),
      text.utf8.allSatisfy({ isLetter($0) || isDigit($0) || " -_./:@+".utf8.contains($0) }),
      !text.contains(": ")
    else { return false }
    return !values.contains(text.lowercased())
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// Words that are Booleans or null for some reader.
  private static let values: Set<String> = [
    "y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf",
  ]

  private static func spelling(_ number: JSONNumber) -> String {
    switch number.text {
    case "NaN": ".nan"
    case "Infinity": ".inf"
    case "-Infinity": "-.inf"
    case let text: exponent(text)
    }
  }

  /// YAML 1.1 takes `1e5` for a text; `1.0e+5` is a number everywhere.
  private static func exponent(_ text: String) -> String {
    guard let place = text.firstIndex(where: { $0 == "e" || $0 == "E" }) else { return text }
    let (mantissa, power) = (text[..<place], text[text.index(after: place)...])
    let sign = power.hasPrefix("-") || power.hasPrefix("+") ? "" : "+"
    return mantissa + (mantissa.contains(".") ? "" : ".0") + "e" + sign + power
  }
}

import JSONCore
import Yams

/// Decides which words are values.
enum YAMLScalar {
  static func value(_ scalar: Node.Scalar) throws(YAMLError) -> JSONValue {
    let text = scalar.string
    let name = shortName(scalar.tag)
    let value: JSONValue?
    switch name {
    case "": value = scalar.style == .plain ? plain(text) : .init(text)
    case "!", "str", "timestamp": value = .init(text)
    case "null": value = .null
    case "bool": value = bool(text)
    case "int": value = number(text).flatMap { $0.isIntegerSpelling ? .number($0) : nil }
    case "float": value = number(text).map { .number($0.isIntegerSpelling ? real($0) : $0) }
    default:
      throw YAMLNodeReader.error("the tag '\(name)' is not known", .scalar(scalar))
    }
    guard let value else {
      throw YAMLNodeReader.error("'\(text)' is not a value of the tag '\(name)'", .scalar(scalar))
    }
    return value
  }

  /// The tag without the common prefix of YAML's tags; empty if there is no tag.
  static func shortName(_ tag: Tag) -> String {
    let name = tag.description
    return name.hasPrefix("tag:yaml.org,2002:") ? String(name.dropFirst(18)) : name
  }

  private static func plain(_ text: String) -> JSONValue {
    switch text {
    case "", "~", "null", "Null", "NULL": .null
    default: bool(text) ?? number(text).map { .number($0) } ?? .init(text)
    }
  }

  private static func bool(_ text: String) -> JSONValue? {
    // All lower case, capitalized, or all upper case: never `yEs`.
    guard let first = text.first,
      [text.lowercased(), text.uppercased(), first.uppercased() + text.dropFirst().lowercased()]
        .contains(text)
    else { return nil }
    switch text.lowercased() {
    case "yes", "true", "on": return true
    case "no", "false", "off": return false
    default: return nil
    }
  }

  private static func number(_ text: String) -> JSONNumber? {
    switch text {
    case ".nan", ".NaN", ".NAN": return JSONNumber(Double.nan)
    case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return JSONNumber(Double.infinity)
    case "-.inf", "-.Inf", "-.INF": return JSONNumber(-Double.infinity)
    default: return JSONNumber(decimal: text) ?? based(text)
    }
  }

  /// An integer in another base: 0x1F, 0o17, 0b101.
  private static func based(_ text: String) -> JSONNumber? {
    let isNegative = text.hasPrefix("-")
    let digits = isNegative || text.hasPrefix("+") ? text.dropFirst() : text[...]
    let bases = ["0x": 16, "0o": 8, "0b": 2]
    guard let base = bases[String(digits.prefix(2))],
      let value = UInt64(digits.dropFirst(2), radix: base),
      !digits.dropFirst(2).hasPrefix("+")
    else { return nil }
    return JSONNumber(text: (isNegative ? "-" : "") + String(value))
  }

  private static func real(_ number: JSONNumber) -> JSONNumber {
    JSONNumber(text: number.text + ".0") ?? number
  }
}

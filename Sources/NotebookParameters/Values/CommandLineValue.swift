public import JSONCore

extension JSONValue {
  /// Parses a parameter's value as typed on a command line.
  ///
  /// As in papermill: `True`, `False`, `None`, numbers, `nan` and `inf`; everything else is a text.
  /// A number that JSON cannot represent remains a text (`007`, `1_0`, `1e400`), and a JSON list or
  /// mapping becomes that list or mapping. White space around a number is ignored, as by Python's
  /// `int()`.
  public init(parameterText text: String) {
    switch text {
    case "True": self = .bool(true)
    case "False": self = .bool(false)
    case "None": self = .null
    default:
      let word = JSONValue.withoutBlanks(text)
      self =
        JSONNumber(decimal: word).map { .number($0) } ?? JSONValue.nonFinite(word)
        ?? JSONValue.collection(text) ?? .init(text)
    }
  }

  /// Parses a JSON value; numbers outside the range of doubles (`1e400`) become texts, as on the
  /// command line and in YAML.
  public init(parameterJSON bytes: [UInt8]) throws(JSONError) {
    self = try JSONValue(parsing: bytes).withNumbersThatSurvive
  }

  private var withNumbersThatSurvive: JSONValue {
    switch self {
    case .number(let number):
      let isWord = number.text == "NaN" || number.text.hasSuffix("Infinity")
      let survives = isWord || number.isIntegerSpelling || JSONNumber(decimal: number.text) != nil
      return survives ? self : .init(number.text)
    case .array(let elements): return .array(elements.map(\.withNumbersThatSurvive))
    case .object(let object):
      return .object(
        JSONObject(object.map { .init(key: $0.key, value: $0.value.withNumbersThatSurvive) }))
    default: return self
    }
  }

  /// The text without the white space that Python's `int()` and `float()` ignore at its ends.
  private static func withoutBlanks(_ text: String) -> String {
    func isBlank(_ scalar: Unicode.Scalar) -> Bool {
      // Python also treats the information separators as white space.
      scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
    }
    let scalars = text.unicodeScalars
    guard let first = scalars.firstIndex(where: { !isBlank($0) }),
      let last = scalars.lastIndex(where: { !isBlank($0) })
    else { return text }
    return String(scalars[first...last])
  }

  /// The value if Python's `float()` reads the text as NaN or an infinity.
  private static func nonFinite(_ text: String) -> JSONValue? {
    let isNegative = text.hasPrefix("-")
    let word = (isNegative || text.hasPrefix("+") ? text.dropFirst() : text[...]).lowercased()
    switch word {
    case "nan": return .init(Double.nan)
    case "inf", "infinity": return .init(isNegative ? -Double.infinity : .infinity)
    default: return nil
    }
  }

  private static func collection(_ text: String) -> JSONValue? {
    guard let first = text.first(where: { !$0.isWhitespace }), first == "[" || first == "{",
      let value = try? JSONValue(parameterJSON: Array(text.utf8)),
      value.array != nil || value.object != nil
    else { return nil }
    return value
  }
}

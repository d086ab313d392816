import JSONCore

/// An expression of Python, written as the formatter `black` writes it.
indirect enum PythonValue: Sendable, Hashable {
  /// A name, number or other expression without brackets.
  case code(String)
  case text(String)
  case list([PythonValue])
  case dict([Item])
  case call(String, [Argument])

  /// An item of a dictionary.
  struct Item: Sendable, Hashable {
    var key: String
    var value: PythonValue
  }

  /// An argument of a call; by its name or, without one, by its place.
  struct Argument: Sendable, Hashable {
    var name: String?
    var value: PythonValue

    init(_ name: String?, _ value: PythonValue) {
      self.name = name
      self.value = value
    }
  }

  /// A value of JSON.
  init(_ json: JSONValue) {
    switch json {
    case .null: self = .code("None")
    case .bool(let flag): self = .code(flag ? "True" : "False")
    case .number(let number):
      // Python has no names for these values.
      let isFinite = number.double.isFinite
      self =
        isFinite ? .code(number.text.lowercased()) : .code("float(\"\(number.text.lowercased())\")")
    case .string(let text): self = .text(text.string)
    case .array(let elements): self = .list(elements.map { PythonValue($0) })
    case .object(let object):
      self = .dict(object.map { Item(key: $0.key.string, value: PythonValue($0.value)) })
    }
  }

  /// The greatest width of a line, unless it is one long text.
  static let width = 88

  /// The expression.
  ///
  /// - Parameters:
  ///   - indent: the indentation of the line that it begins in.
  ///   - before: how many characters are before it in that line.
  ///   - after: how many characters follow it there.
  func source(indent: Int, before: Int, after: Int = 1) -> String {
    if let line = line(within: PythonValue.width - before - after) { return line }
    guard let parts, !parts.items.isEmpty else {
      if case .text(let text) = self, PythonText.isMultiline(text) { return PythonText.lines(text) }
      return line
    }
    let inner = indent + 4
    let margin = String(repeating: " ", count: inner)
    var source = parts.opening + "\n"
    for item in parts.items {
      let start = margin + item.prefix
      source += start + item.value.source(indent: inner, before: start.count) + ",\n"
    }
    return source + String(repeating: " ", count: indent) + parts.closing
  }

  /// The expression in one line; nil if it is longer, or a text within has several lines.
  ///
  /// - Parameter limit: the greatest length.
  private func line(within limit: Int) -> String? {
    guard let parts else {
      // Long texts are not written only to be measured.
      if case .text(let text) = self,
        text.utf8.count > 8 * max(limit, 1) || PythonText.isMultiline(text)
      {
        return nil
      }
      let line = self.line
      return line.count <= limit ? line : nil
    }
    var line = parts.opening
    var rest = limit - parts.opening.count - parts.closing.count
    for (place, item) in parts.items.enumerated() {
      let prefix = place == 0 ? item.prefix : ", " + item.prefix
      rest -= prefix.count
      guard rest > 0, let value = item.value.line(within: rest) else { return nil }
      rest -= value.count
      line += prefix + value
    }
    return rest < 0 ? nil : line + parts.closing
  }

  /// The expression in one line.
  private var line: String {
    switch self {
    case .code(let code): return code
    case .text(let text): return PythonText.line(text)
    default:
      guard let parts else { return "" }
      return parts.opening + parts.items.map { $0.prefix + $0.value.line }.joined(separator: ", ")
        + parts.closing
    }
  }

  private struct Parts {
    var opening: String
    var items: [(prefix: String, value: PythonValue)]
    var closing: String
  }

  private var parts: Parts? {
    switch self {
    case .code, .text: nil
    case .list(let elements):
      Parts(opening: "[", items: elements.map { ("", $0) }, closing: "]")
    case .dict(let items):
      Parts(
        opening: "{", items: items.map { (PythonText.line($0.key) + ": ", $0.value) }, closing: "}")
    case .call(let name, let arguments):
      Parts(
        opening: name + "(",
        items: arguments.map { ($0.name.map { "\($0)=" } ?? "", $0.value) }, closing: ")")
    }
  }
}

extension PythonValue {
  /// A dictionary of texts.
  static func texts(_ pairs: [(String, PythonValue)]) -> PythonValue {
    // A later value of the same key wins in Python; the reader sees one.
    var items: [Item] = []
    for (key, value) in pairs {
      if let place = items.firstIndex(where: { $0.key == key }) {
        items[place].value = value
      } else {
        items.append(Item(key: key, value: value))
      }
    }
    return .dict(items)
  }

  /// A call with named arguments; those without a value are left out.
  static func call(_ name: String, _ arguments: KeyValuePairs<String, PythonValue?>) -> PythonValue
  {
    .call(name, arguments.compactMap { pair in pair.value.map { Argument(pair.key, $0) } })
  }

  /// Whether it is an empty list or dictionary.
  var isEmpty: Bool {
    switch self {
    case .list(let elements): elements.isEmpty
    case .dict(let items): items.isEmpty
    default: false
    }
  }
}

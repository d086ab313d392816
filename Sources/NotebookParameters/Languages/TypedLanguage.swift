import JSONCore

/// A language whose lists and mappings declare the type of their elements.
///
/// A value is written according to its shape and that of its neighbours: an integer among reals as
/// a real, a value among values of mixed types wrapped in the type for any value.
protocol TypedLanguage: Language {
  /// The largest integer type of the language.
  var largestInteger: IntegerSize { get }
  func type(_ shape: Shape) -> String
  func integer(_ digits: String, _ size: IntegerSize) -> String
  func real(_ text: String) -> String
  var notANumber: String { get }
  func infinity(isNegative: Bool) -> String
  func text(_ value: JSONString) throws(Unrepresentable) -> String
  /// Wraps a value of a known shape in the type for any value; null has no expression.
  func wrapped(_ expression: String?, _ shape: Shape) -> String
  /// Whether that type contains only lists and mappings of its own kind.
  var wrapsDeeply: Bool { get }
  var null: String { get }
  func list(_ elements: [String], of shape: Shape) -> String
  func map(_ members: [(key: String, value: String)], of shape: Shape) -> String
}

extension TypedLanguage {
  func real(_ text: String) -> String { text }
  var wrapsDeeply: Bool { false }

  /// The expression for a value by itself.
  func expression(_ value: JSONValue) throws(Unrepresentable) -> String {
    try expression(value, as: settled(Shape(value)))
  }

  /// A shape without integers that are too large for the language.
  private func settled(_ shape: Shape) throws(Unrepresentable) -> Shape {
    switch shape {
    case .integer(let size) where size > largestInteger:
      throw Unrepresentable("an integer with so many digits")
    case .list(let inner): .list(try settled(inner))
    case .map(let inner): .map(try settled(inner))
    default: shape
    }
  }

  /// The element shape of a list or mapping.
  private func settled(_ inner: Shape?) throws(Unrepresentable) -> Shape {
    switch inner {
    case nil, .null: .mixed
    case .integer(let size)? where size > largestInteger: .mixed
    case let inner?: try settled(inner)
    }
  }

  private func expression(_ value: JSONValue, as shape: Shape) throws(Unrepresentable) -> String {
    if shape == .mixed {
      let own: Shape =
        switch value {
        case .array where wrapsDeeply: .list(.mixed)
        case .object where wrapsDeeply: .map(.mixed)
        default: try settled(Shape(value))
        }
      return wrapped(own == .null ? nil : try expression(value, as: own), own)
    }
    switch (value, shape) {
    case (.bool(let value), _): return value ? "true" : "false"
    case (.number(let number), _):
      switch (NumberKind(number), shape) {
      case (.integer(let digits), .real): return real(digits + ".0")
      case (.integer(let digits), .integer(let size)): return integer(digits, size)
      case (.integer(let digits), _): return integer(digits, IntegerSize(digits))
      case (.real(let text), _): return real(text)
      case (.notANumber, _): return notANumber
      case (.infinity(let isNegative), _): return infinity(isNegative: isNegative)
      }
    case (.string(let string), _): return try text(string)
    case (.array(let elements), .list(let inner)):
      var items: [String] = []
      for element in elements { items.append(try expression(element, as: inner ?? .mixed)) }
      return list(items, of: inner ?? .mixed)
    case (.object(let object), .map(let inner)):
      var members: [(key: String, value: String)] = []
      for member in object.withoutDuplicates {
        members.append(
          (try text(member.key), try expression(member.value, as: inner ?? .mixed)))
      }
      return map(members, of: inner ?? .mixed)
    default: return null
    }
  }
}

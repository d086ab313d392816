import JSONCore

/// A language whose lists and mappings say what they hold.
///
/// A value is written for the shape that it has together with its neighbours: an integer among
/// reals as a real, a value among unlike ones wrapped in the type that holds anything.
protocol TypedLanguage: Language {
  /// The largest integers that the language has a type for.
  var largestInteger: IntegerSize { get }
  func type(_ shape: Shape) -> String
  func integer(_ digits: String, _ size: IntegerSize) -> String
  func real(_ text: String) -> String
  var notANumber: String { get }
  func infinity(isNegative: Bool) -> String
  func text(_ value: JSONString) throws(Unrepresentable) -> String
  /// A value of a known shape as one of the type that holds anything; null without an expression.
  func wrapped(_ expression: String?, _ shape: Shape) -> String
  /// Whether that type holds lists and mappings of its own kind only.
  var wrapsDeeply: Bool { get }
  var null: String { get }
  func list(_ elements: [String], of shape: Shape) -> String
  func map(_ members: [(key: String, value: String)], of shape: Shape) -> String
}

extension TypedLanguage {
  func real(_ text: String) -> String { text }
  var wrapsDeeply: Bool { false }

  /// The expression for a value, as it stands alone.
  func expression(_ value: JSONValue) throws(Unrepresentable) -> String {
    try expression(value, as: settled(Shape(value)))
  }

  /// A shape without integers that the language has no type for.
  private func settled(_ shape: Shape) throws(Unrepresentable) -> Shape {
    switch shape {
    case .integer(let size) where size > largestInteger:
      throw Unrepresentable("an integer with that many digits")
    case .list(let inner): .list(try settled(inner))
    case .map(let inner): .map(try settled(inner))
    default: shape
    }
  }

  /// What a list or mapping holds.
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

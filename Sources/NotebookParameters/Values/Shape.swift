import JSONCore

/// The type of a value, so that a typed language can distinguish lists with one element type from
/// lists with mixed types.
indirect enum Shape: Hashable {
  case null
  case bool
  case integer(IntegerSize)
  case real
  case text
  /// A list and the shape of its elements; nil if it is empty.
  case list(Shape?)
  /// A mapping and the shape of its values; nil if it is empty.
  case map(Shape?)
  /// Values without a common type.
  case mixed

  init(_ value: JSONValue) {
    switch value {
    case .null: self = .null
    case .bool: self = .bool
    case .number(let number):
      if case .integer(let digits) = NumberKind(number) {
        self = .integer(IntegerSize(digits))
      } else {
        self = .real
      }
    case .string: self = .text
    case .array(let elements): self = .list(Shape.common(elements))
    case .object(let members): self = .map(Shape.common(members.map(\.value)))
    }
  }

  /// The common shape of values; nil if there are none.
  static func common(_ values: [JSONValue]) -> Shape? {
    guard let first = values.first else { return nil }
    return values.dropFirst().reduce(Shape(first)) { $0.joined(with: Shape($1)) }
  }

  /// The common shape of two shapes.
  ///
  /// Integers among reals are reals if they are exact as doubles.
  func joined(with other: Shape) -> Shape {
    switch (self, other) {
    case _ where self == other: self
    case (.integer(let left), .integer(let right)):
      // A larger unsigned type cannot represent a negative integer.
      max(left, right) == .uint64 ? .integer(.int128) : .integer(max(left, right))
    case (.integer(let size), .real), (.real, .integer(let size)): size <= .safe ? .real : .mixed
    case (.list(let left), .list(let right)): .list(Shape.joined(left, right))
    case (.map(let left), .map(let right)): .map(Shape.joined(left, right))
    default: .mixed
    }
  }

  private static func joined(_ left: Shape?, _ right: Shape?) -> Shape? {
    guard let left, let right else { return left ?? right }
    return left.joined(with: right)
  }

  /// Whether all values have the same type, so that a literal needs no type annotation.
  static func areAlike(_ values: [JSONValue]) -> Bool {
    guard let first = values.first.map(Shape.init) else { return true }
    if case .list(.mixed) = first { return false }
    return first != .null && values.dropFirst().allSatisfy { Shape($0) == first }
  }
}

extension Shape {
  /// Whether it is neither a list, a mapping nor null.
  var isScalar: Bool {
    switch self {
    case .bool, .integer, .real, .text: true
    case .null, .list, .map, .mixed: false
    }
  }
}

import JSONCore

/// What kind of value something is, so that a typed language can write a list of like values as
/// such, and one of unlike values as a list of anything.
indirect enum Shape: Hashable {
  case null
  case bool
  case integer(IntegerSize)
  case real
  case text
  /// A list and what its elements are; nil when it has none.
  case list(Shape?)
  /// A mapping and what its values are; nil when it has none.
  case map(Shape?)
  /// Values that have no kind in common.
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

  /// What all of them are; nil when there are none.
  static func common(_ values: [JSONValue]) -> Shape? {
    guard let first = values.first else { return nil }
    return values.dropFirst().reduce(Shape(first)) { $0.joined(with: Shape($1)) }
  }

  /// What both are.
  ///
  /// Integers among reals are reals, as long as a double holds them exactly.
  func joined(with other: Shape) -> Shape {
    switch (self, other) {
    case _ where self == other: self
    case (.integer(let left), .integer(let right)):
      // A larger unsigned integer does not hold a negative one.
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

  /// Whether every value in it is of one kind, so that a literal needs no word about types.
  static func areAlike(_ values: [JSONValue]) -> Bool {
    guard let first = values.first.map(Shape.init) else { return true }
    if case .list(.mixed) = first { return false }
    return first != .null && values.dropFirst().allSatisfy { Shape($0) == first }
  }
}

extension Shape {
  /// Whether it is no list and no mapping, and not null.
  var isScalar: Bool {
    switch self {
    case .bool, .integer, .real, .text: true
    case .null, .list, .map, .mixed: false
    }
  }
}

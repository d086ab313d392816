/// A JSON value that preserves what other readers lose: the order of members, the spelling of
/// numbers, and lone surrogates in strings.
///
/// Two values are equal if they have the same structure, the same member order and the same number
/// spelling; strings are compared by code points, not by canonical equivalence.
public enum JSONValue: Sendable, Hashable {
  /// `null`
  case null
  /// `true` or `false`
  case bool(Bool)
  /// A number in its original spelling; also `NaN`, `Infinity` and `-Infinity`, as Python writes
  /// them.
  case number(JSONNumber)
  /// A string.
  case string(JSONString)
  /// An array.
  case array([JSONValue])
  /// An object, with its members in order.
  case object(JSONObject)
}

extension JSONValue {
  /// Creates a string value.
  public init(_ string: String) { self = .string(JSONString(string)) }

  /// Creates an integer value.
  public init(_ integer: Int) { self = .number(JSONNumber(integer)) }

  /// Creates a floating-point value, in the spelling of Python's `repr`.
  public init(_ double: Double) { self = .number(JSONNumber(double)) }

  /// Creates a Boolean value.
  public init(_ bool: Bool) { self = .bool(bool) }

  /// Whether this is `null`.
  public var isNull: Bool { self == .null }

  /// The Boolean; nil for another type of value.
  public var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The number if it is an integer that fits; nil otherwise.
  public var int: Int? {
    if case .number(let value) = self { value.int } else { nil }
  }

  /// The number; nil for another type of value.
  public var double: Double? {
    if case .number(let value) = self { value.double } else { nil }
  }

  /// The string, with U+FFFD for a lone surrogate; nil for another type of value.
  public var string: String? {
    if case .string(let value) = self { value.string } else { nil }
  }

  /// The elements; nil for another type of value.
  public var array: [JSONValue]? {
    if case .array(let value) = self { value } else { nil }
  }

  /// The members; nil for another type of value.
  public var object: JSONObject? {
    if case .object(let value) = self { value } else { nil }
  }

  /// The member with a name, the last one if it is duplicated; nil if this is not an object.
  public subscript(key: String) -> JSONValue? {
    if case .object(let object) = self { object[key] } else { nil }
  }

  /// The element at an index; nil if there is none or this is not an array.
  public subscript(index: Int) -> JSONValue? {
    guard case .array(let array) = self, array.indices.contains(index) else { return nil }
    return array[index]
  }

  /// Changes the members of an object in place, without copying them.
  ///
  /// - Parameter body: receives the members, or none for another type of value; the result becomes
  ///   this value.
  /// - Returns: what `body` returns.
  public mutating func updateObject<R>(_ body: (inout JSONObject) -> R) -> R {
    var object = object ?? [:]
    self = .null  // Leaves a single owner.
    defer { self = .object(object) }
    return body(&object)
  }

  /// Changes the elements of an array in place, without copying them.
  ///
  /// - Parameter body: receives the elements, or none for another type of value; the result becomes
  ///   this value.
  /// - Returns: what `body` returns.
  public mutating func updateArray<R>(_ body: (inout [JSONValue]) -> R) -> R {
    var array = array ?? []
    self = .null  // Leaves a single owner.
    defer { self = .array(array) }
    return body(&array)
  }

  /// The type of the value in JSON's terms, for messages.
  public var kindName: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringInterpolation,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// Creates the value `null`.
  public init(nilLiteral: ()) { self = .null }

  /// Creates a Boolean.
  public init(booleanLiteral value: Bool) { self = .bool(value) }

  /// Creates an integer.
  public init(integerLiteral value: Int) { self.init(value) }

  /// Creates a floating-point number.
  public init(floatLiteral value: Double) { self.init(value) }

  /// Creates a string.
  public init(stringLiteral value: String) { self.init(value) }

  /// Creates an array.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

  /// Creates an object with its members in the given order.
  public init(dictionaryLiteral elements: (JSONString, JSONValue)...) {
    self = .object(JSONObject(elements.map { JSONObject.Member(key: $0, value: $1) }))
  }
}

extension JSONValue: CustomStringConvertible {
  /// The value as compact JSON.
  public var description: String { String(decoding: serialized(), as: UTF8.self) }
}

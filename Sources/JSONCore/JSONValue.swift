/// A JSON value that keeps what other readers lose: the order of members, the spelling of numbers,
/// and lone surrogates in strings.
///
/// Two values are equal when they have the same structure, the same member order and the same
/// number spelling; strings are compared code point by code point, not by canonical equivalence.
public enum JSONValue: Sendable, Hashable {
  /// `null`
  case null
  /// `true` or `false`
  case bool(Bool)
  /// A number, in its own spelling; also `NaN`, `Infinity` and `-Infinity`, as Python writes them.
  case number(JSONNumber)
  /// A string.
  case string(JSONString)
  /// An array.
  case array([JSONValue])
  /// An object, with its members in their order.
  case object(JSONObject)
}

extension JSONValue {
  /// A string value.
  public init(_ string: String) { self = .string(JSONString(string)) }

  /// An integer value.
  public init(_ integer: Int) { self = .number(JSONNumber(integer)) }

  /// A floating-point value, spelled as Python's `repr` does.
  public init(_ double: Double) { self = .number(JSONNumber(double)) }

  /// A Boolean value.
  public init(_ bool: Bool) { self = .bool(bool) }

  /// Whether this is `null`.
  public var isNull: Bool { self == .null }

  /// The Boolean; nil for another kind of value.
  public var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The number when it is an integer that fits; nil otherwise.
  public var int: Int? {
    if case .number(let value) = self { value.int } else { nil }
  }

  /// The number; nil for another kind of value.
  public var double: Double? {
    if case .number(let value) = self { value.double } else { nil }
  }

  /// The string, a lone surrogate in it as U+FFFD; nil for another kind of value.
  public var string: String? {
    if case .string(let value) = self { value.string } else { nil }
  }

  /// The elements; nil for another kind of value.
  public var array: [JSONValue]? {
    if case .array(let value) = self { value } else { nil }
  }

  /// The members; nil for another kind of value.
  public var object: JSONObject? {
    if case .object(let value) = self { value } else { nil }
  }

  /// The member of that name, the last one where it is there twice; nil when this is no object.
  public subscript(key: String) -> JSONValue? {
    if case .object(let object) = self { object[key] } else { nil }
  }

  /// The element at that place; nil when there is none or this is no array.
  public subscript(index: Int) -> JSONValue? {
    guard case .array(let array) = self, array.indices.contains(index) else { return nil }
    return array[index]
  }

  /// Changes the members of an object where they stand, without copying them.
  ///
  /// - Parameter body: gets the members, none where this is another kind of value; what it leaves
  ///   becomes this value.
  /// - Returns: what `body` returns.
  public mutating func updateObject<R>(_ body: (inout JSONObject) -> R) -> R {
    var object = object ?? [:]
    self = .null  // So that there is one owner only.
    defer { self = .object(object) }
    return body(&object)
  }

  /// Changes the elements of an array where they stand, without copying them.
  ///
  /// - Parameter body: gets the elements, none where this is another kind of value; what it leaves
  ///   becomes this value.
  /// - Returns: what `body` returns.
  public mutating func updateArray<R>(_ body: (inout [JSONValue]) -> R) -> R {
    var array = array ?? []
    self = .null  // So that there is one owner only.
    defer { self = .array(array) }
    return body(&array)
  }

  /// What kind of value this is, in JSON's own words: for messages.
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
  /// The value `null`.
  public init(nilLiteral: ()) { self = .null }

  /// A Boolean.
  public init(booleanLiteral value: Bool) { self = .bool(value) }

  /// An integer.
  public init(integerLiteral value: Int) { self.init(value) }

  /// A floating-point number.
  public init(floatLiteral value: Double) { self.init(value) }

  /// A string.
  public init(stringLiteral value: String) { self.init(value) }

  /// An array.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

  /// An object with its members in the order given.
  public init(dictionaryLiteral elements: (JSONString, JSONValue)...) {
    self = .object(JSONObject(elements.map { JSONObject.Member(key: $0, value: $1) }))
  }
}

extension JSONValue: CustomStringConvertible {
  /// The value as compact JSON.
  public var description: String { String(decoding: serialized(), as: UTF8.self) }
}

import JSONCore

/// An error: a line's members are not in the form of this version; a newer one may have written
/// them.
struct UnknownForm: Error {}

/// Consumes the members of an object, so that only unknown ones remain.
struct EventMembers {
  /// The members that have not been consumed.
  private(set) var rest: JSONObject

  init(_ object: JSONObject) { rest = object }

  init(_ value: JSONValue) throws(UnknownForm) {
    guard let object = value.object else { throw UnknownForm() }
    rest = object
  }

  /// Consumes a value; `null` and a missing member are nil.
  mutating func value(_ key: String) -> JSONValue? {
    guard let value = rest[key] else { return nil }
    rest[key] = nil
    // `nil` would be a JSON null here.
    guard !value.isNull else { return .none }
    return value
  }

  private mutating func take<T>(_ key: String, _ read: (JSONValue) -> T?) throws(UnknownForm) -> T?
  {
    guard let value = value(key) else { return nil }
    guard let result = read(value) else { throw UnknownForm() }
    return result
  }

  mutating func string(_ key: String) throws(UnknownForm) -> String? { try take(key, \.string) }

  /// Consumes an integer that every JSON reader reads exactly (RFC 8259, section 6).
  ///
  /// Adding to it cannot overflow.
  mutating func int(_ key: String) throws(UnknownForm) -> Int? {
    try take(key) { $0.int.flatMap { $0.magnitude < 1 << 53 ? $0 : nil } }
  }

  mutating func int32(_ key: String) throws(UnknownForm) -> Int32? {
    try take(key) { $0.int.flatMap { Int32(exactly: $0) } }
  }

  mutating func bool(_ key: String) throws(UnknownForm) -> Bool? { try take(key, \.bool) }

  mutating func duration(_ key: String) throws(UnknownForm) -> Duration? {
    try take(key, Duration.init(seconds:))
  }

  mutating func date(_ key: String) throws(UnknownForm) -> Int64? {
    try take(key) { $0.string.flatMap(JSONDate.nanoseconds) }
  }

  mutating func array(_ key: String) throws(UnknownForm) -> [JSONValue]? { try take(key, \.array) }

  mutating func members(_ key: String) throws(UnknownForm) -> EventMembers? {
    try take(key) { $0.object.map { EventMembers($0) } }
  }

  mutating func named<T: RawRepresentable<String>>(_ key: String) throws(UnknownForm) -> T? {
    try take(key) { $0.string.flatMap { T(rawValue: $0) } }
  }

  /// Consumes a list, reading each element with the same function; empty if the member is missing.
  mutating func list<T>(
    _ key: String, _ read: (JSONValue) throws(UnknownForm) -> T
  ) throws(UnknownForm) -> [T] {
    var result: [T] = []
    for element in try array(key) ?? [] { result.append(try read(element)) }
    return result
  }
}

extension Optional {
  /// Returns the value, or throws if it is missing.
  func required() throws(UnknownForm) -> Wrapped {
    guard let self else { throw UnknownForm() }
    return self
  }
}

extension JSONObject {
  mutating func put(_ key: JSONString, _ value: JSONValue) { append(key: key, value: value) }

  mutating func put(_ key: JSONString, _ value: String?) {
    append(key: key, value: value.map { .init($0) } ?? .null)
  }

  mutating func put(_ key: JSONString, _ value: Int?) {
    append(key: key, value: value.map { .init($0) } ?? .null)
  }

  mutating func put(_ key: JSONString, _ value: Bool) { append(key: key, value: .init(value)) }

  mutating func put(_ key: JSONString, _ value: Duration) {
    append(key: key, value: .init(seconds: value))
  }

  /// Adds a date, in microseconds, or in nanoseconds if it has them.
  mutating func put(_ key: JSONString, date: Int64) {
    let digits = date % 1000 == 0 ? 6 : 9
    append(key: key, value: .init(JSONDate.text(nanoseconds: date, digits: digits)))
  }
}

extension JSONValue {
  /// Creates a number of seconds with one to nine decimals: `12.0`, `0.001234567`.
  init(seconds duration: Duration) {
    let (whole, attoseconds) = duration.components
    let nanoseconds = attoseconds / 1_000_000_000
    let sign = whole < 0 || nanoseconds < 0 ? "-" : ""
    let digits = String(nanoseconds.magnitude)
    var fraction = String(repeating: "0", count: 9 - digits.utf8.count) + digits
    while fraction.utf8.count > 1, fraction.hasSuffix("0") { fraction.removeLast() }
    self = .number(JSONNumber(text: "\(sign)\(whole.magnitude).\(fraction)") ?? JSONNumber(0))
  }
}

extension Duration {
  /// Reads a number of seconds, exact to the nanosecond for a decimal number; nil for another type,
  /// and for a value out of range.
  init?(seconds value: JSONValue) {
    guard case .number(let number) = value else { return nil }
    let parts = number.text.split(separator: ".", omittingEmptySubsequences: false)
    let fraction = parts.count == 2 ? parts[1] : "0"
    if parts.count <= 2, let whole = Int64(parts[0]), whole.magnitude < 1 << 62,
      fraction.utf8.count <= 9, fraction.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let digits = Int64(fraction + String(repeating: "0", count: 9 - fraction.utf8.count))
    {
      let isNegative = parts[0].hasPrefix("-")
      self = .seconds(whole) + .nanoseconds(isNegative ? -digits : digits)
    } else {
      let seconds = number.double
      guard seconds.magnitude < 1e15 else { return nil }
      self = .seconds(seconds)
    }
  }
}

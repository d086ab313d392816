/// The members of a JSON object in order, including duplicates.
public struct JSONObject: Sendable, Hashable {
  /// A name and its value.
  public struct Member: Sendable, Hashable {
    /// The name.
    public var key: JSONString
    /// The value.
    public var value: JSONValue

    /// Creates a member.
    public init(key: JSONString, value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  /// All members, in order.
  public private(set) var members: [Member]

  /// Creates an object.
  public init(_ members: [Member] = []) {
    self.members = members
  }

  /// The value of the last member with a name; nil if there is none.
  ///
  /// Setting replaces the value in place, or appends a new member; setting nil removes every member
  /// with the name. A lookup compares all members, because objects in notebooks and messages are
  /// small. For many lookups in a large object, see ``dictionary``.
  public subscript(key: String) -> JSONValue? {
    get {
      for member in members.reversed() where member.key.matches(key) { return member.value }
      return nil
    }
    set {
      guard let newValue else {
        members.removeAll { $0.key.matches(key) }
        return
      }
      if let index = members.lastIndex(where: { $0.key.matches(key) }) {
        members[index].value = newValue
      } else {
        members.append(Member(key: JSONString(key), value: newValue))
      }
    }
  }

  /// The value of a member, or a default if there is none.
  public subscript(key: String, default value: @autoclosure () -> JSONValue) -> JSONValue {
    get { self[key] ?? value() }
    set { self[key] = newValue }
  }

  /// Changes the value of a member in place, without copying its content.
  ///
  /// - Parameters:
  ///   - key: the member's name; the last one if it is duplicated. A new member starts as `null`.
  ///   - body: receives the value to change.
  /// - Returns: what `body` returns.
  public mutating func update<R>(_ key: String, _ body: (inout JSONValue) -> R) -> R {
    if let index = members.lastIndex(where: { $0.key.matches(key) }) {
      return body(&members[index].value)
    }
    members.append(Member(key: JSONString(key), value: .null))
    return body(&members[members.count - 1].value)
  }

  /// Appends a member without checking for duplicates.
  public mutating func append(key: JSONString, value: JSONValue) {
    members.append(Member(key: key, value: value))
  }

  /// The members by name, with the last value of each: for many lookups in a large object.
  public var dictionary: [JSONString: JSONValue] {
    Dictionary(members.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
  }

  /// The members sorted by name in code point order, with only the last of duplicates, as Python's
  /// `sort_keys` writes them.
  public var sorted: JSONObject {
    // Nearly all objects to write are sorted already, and then it costs nothing.
    if zip(members, members.dropFirst()).allSatisfy({ $0.key < $1.key }) { return self }
    let order = members.indices.sorted { left, right in
      let (a, b) = (members[left].key, members[right].key)
      return a == b ? left < right : a < b
    }
    var result: [Member] = []
    result.reserveCapacity(members.count)
    for index in order {
      if let last = result.last, last.key == members[index].key { result.removeLast() }
      result.append(members[index])
    }
    return JSONObject(result)
  }
}

extension JSONObject: RandomAccessCollection {
  /// The index of the first member.
  public var startIndex: Int { members.startIndex }

  /// The index after the last member.
  public var endIndex: Int { members.endIndex }

  /// The member at an index.
  public subscript(position: Int) -> Member { members[position] }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  /// Creates an object with members in the given order.
  public init(dictionaryLiteral elements: (JSONString, JSONValue)...) {
    self.init(elements.map { Member(key: $0, value: $1) })
  }
}

extension JSONString {
  /// Whether it equals a text exactly.
  func matches(_ text: String) -> Bool {
    guard case .text(let string) = storage else { return false }
    // By bytes, because String's == treats canonically equivalent names as equal.
    return string.utf8.elementsEqual(text.utf8)
  }
}

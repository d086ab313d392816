/// The members of a JSON object, in their order, duplicates included.
public struct JSONObject: Sendable, Hashable {
  /// A name and its value.
  public struct Member: Sendable, Hashable {
    /// The name.
    public var key: JSONString
    /// The value.
    public var value: JSONValue

    /// A member.
    public init(key: JSONString, value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  /// All members, in their order.
  public private(set) var members: [Member]

  /// An object of these members.
  public init(_ members: [Member] = []) {
    self.members = members
  }

  /// The value of the last member of that name; nil when there is none.
  ///
  /// Setting replaces the value where the member stands, or appends a new one; setting nil removes
  /// every member of that name. Looking up costs a comparison a member: objects in notebooks and
  /// messages are small. For many look-ups in a large one, see ``dictionary``.
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

  /// The value of a member, or a value to use when there is none.
  public subscript(key: String, default value: @autoclosure () -> JSONValue) -> JSONValue {
    get { self[key] ?? value() }
    set { self[key] = newValue }
  }

  /// Changes the value of a member where it stands, without copying what it holds.
  ///
  /// - Parameters:
  ///   - key: the member's name; the last one where it is there twice. A new one begins as `null`.
  ///   - body: gets the value to change.
  /// - Returns: what `body` returns.
  public mutating func update<R>(_ key: String, _ body: (inout JSONValue) -> R) -> R {
    if let index = members.lastIndex(where: { $0.key.matches(key) }) {
      return body(&members[index].value)
    }
    members.append(Member(key: JSONString(key), value: .null))
    return body(&members[members.count - 1].value)
  }

  /// Appends a member without looking for another one of that name.
  public mutating func append(key: JSONString, value: JSONValue) {
    members.append(Member(key: key, value: value))
  }

  /// The members by name, the last value of each: for many look-ups in a large object.
  public var dictionary: [JSONString: JSONValue] {
    Dictionary(members.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
  }

  /// The members ordered by name, code point by code point, the last of each name only, as
  /// Python's `sort_keys` writes them.
  public var sorted: JSONObject {
    // As nearly all that there is to write is: it costs nothing then.
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
  /// The place of the first member.
  public var startIndex: Int { members.startIndex }

  /// The place after the last member.
  public var endIndex: Int { members.endIndex }

  /// The member at a place.
  public subscript(position: Int) -> Member { members[position] }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  /// Members in the order given.
  public init(dictionaryLiteral elements: (JSONString, JSONValue)...) {
    self.init(elements.map { Member(key: $0, value: $1) })
  }
}

extension JSONString {
  /// Whether this is exactly that text.
  func matches(_ text: String) -> Bool {
    guard case .text(let string) = storage else { return false }
    // Bytes, because String's == would take canonically equivalent names for one.
    return string.utf8.elementsEqual(text.utf8)
  }
}

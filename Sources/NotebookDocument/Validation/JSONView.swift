import JSONCore

/// A view of a value in a JSON text, which decodes only the requested parts.
///
/// It must not outlive the bytes it refers to.
struct JSONView {
  let index: JSONIndex
  let bytes: UnsafeRawBufferPointer
  let node: Int

  /// The complete decoded value.
  var value: JSONValue { index.value(node, in: bytes) }

  /// Its type, in words.
  var kindName: String {
    switch index.kind(node) {
    case .array: JSONValue.array([]).kindName
    case .object: JSONValue.object([:]).kindName
    case .plainString, .escapedString: JSONValue.string("").kindName
    default: value.kindName
    }
  }

  var isNull: Bool { index.kind(node) == .null }
  var isBool: Bool { [.true, .false].contains(index.kind(node)) }
  var isString: Bool { [.plainString, .escapedString].contains(index.kind(node)) }
  var isObject: Bool { index.kind(node) == .object }

  /// The text of a string; nil for another type.
  var text: JSONString? { isString ? index.string(node, in: bytes) : nil }

  /// The number; nil for another type.
  var number: JSONNumber? {
    guard index.kind(node) == .number, case .number(let number) = value else { return nil }
    return number
  }

  /// The elements of an array; nil for another type.
  var elements: [JSONView]? {
    guard index.kind(node) == .array else { return nil }
    return index.elements(node).map { JSONView(index: index, bytes: bytes, node: $0) }
  }

  /// The members of an object sorted by name, with only the last of duplicates; empty for another
  /// type.
  var members: [(key: JSONString, value: JSONView)] {
    var result: [(key: JSONString, value: JSONView)] = []
    let all = index.members(node).map { (index.string($0.key, in: bytes), $0.value) }
    for (key, value) in all.sorted(by: { ($0.0, $0.1) < ($1.0, $1.1) }) {
      if result.last?.key == key { result.removeLast() }
      result.append((key, JSONView(index: index, bytes: bytes, node: value)))
    }
    return result
  }

  /// The value of an object's last member with that name; nil if there is none.
  subscript(name: String) -> JSONView? {
    index.member(name, of: node, in: bytes).map { JSONView(index: index, bytes: bytes, node: $0) }
  }
}

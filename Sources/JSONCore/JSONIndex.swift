/// Where every value of a JSON text lies.
///
/// A flat list of nodes, in the order of the text, that costs 16 bytes a value and decodes
/// nothing: editing splices bytes at its ranges, reading decodes just the values that are asked
/// for. It belongs to the bytes it was made from.
public struct JSONIndex: Sendable {
  /// What kind of value a node is.
  public enum Kind: UInt8, Sendable {
    /// `null`
    case null
    /// `true`
    case `true`
    /// `false`
    case `false`
    /// A number.
    case number
    /// A string without escapes.
    case plainString
    /// A string with escapes.
    case escapedString
    /// An array; its elements follow.
    case array
    /// An object; names and values follow in turn.
    case object
  }

  /// Where a value begins and ends, what it is, and which node follows it, in 16 bytes: a notebook
  /// full of numbers has a node for every few bytes of it.
  struct Node: Sendable {
    /// The start in 40 bits, the kind in 8, and the lower 16 bits of ``next``.
    private var low: UInt64
    /// The end in 40 bits, and the upper 16 bits of ``next``.
    private var high: UInt64

    /// Texts must be shorter than this, a tebibyte.
    static let endOfPlaces = 1 << 40
    private static let places = UInt64(endOfPlaces - 1)

    init(start: Int, end: Int, next: Int32, kind: Kind) {
      let next = UInt64(UInt32(bitPattern: next))
      low = UInt64(start) & Node.places | UInt64(kind.rawValue) << 40 | (next & 0xFFFF) << 48
      high = UInt64(end) & Node.places | (next >> 16) << 40
    }

    var start: Int { Int(low & Node.places) }

    var end: Int {
      get { Int(high & Node.places) }
      set { self = Node(start: start, end: newValue, next: next, kind: kind) }
    }

    /// The number of the first node after this one and all that it holds.
    var next: Int32 {
      get { Int32(truncatingIfNeeded: low >> 48 | (high >> 40) << 16) }
      set { self = Node(start: start, end: end, next: newValue, kind: kind) }
    }

    var kind: Kind { Kind(rawValue: UInt8(truncatingIfNeeded: low >> 40)) ?? .null }
  }

  var nodes: [Node]

  /// Whether characters outside ASCII are all written as escapes, and there are some.
  public let escapesNonASCII: Bool

  /// Reads a JSON text once.
  ///
  /// - Throws: ``JSONError`` with the place of the first fault.
  public init(_ bytes: UnsafeRawBufferPointer, options: JSONReadingOptions = .init())
    throws(JSONError)
  {
    var scanner = JSONScanner(bytes, options: options)
    try scanner.scan()
    nodes = scanner.nodes
    escapesNonASCII = scanner.hasNonASCIIEscape && !scanner.hasNonASCII
  }

  /// The number of the node that holds everything.
  public var root: Int { 0 }

  /// What kind of value it is.
  public func kind(_ node: Int) -> Kind { nodes[node].kind }

  /// The bytes of the value, quotes and brackets included.
  public func range(_ node: Int) -> Range<Int> { nodes[node].start..<nodes[node].end }

  /// The members of an object: the nodes of each name and value; none for another kind.
  public func members(_ node: Int) -> [(key: Int, value: Int)] {
    guard nodes[node].kind == .object else { return [] }
    var result: [(key: Int, value: Int)] = []
    var key = node + 1
    while key < nodes[node].next {
      let value = key + 1
      result.append((key, value))
      key = Int(nodes[value].next)
    }
    return result
  }

  /// The node after this one and all that it holds: the next element of an array, or the name of
  /// the next member when this is a member's value.
  public func following(_ node: Int) -> Int { Int(nodes[node].next) }

  /// Whether an array or an object holds nothing.
  public func isEmpty(_ node: Int) -> Bool { following(node) == node + 1 }

  /// The elements of an array; none for another kind.
  public func elements(_ node: Int) -> [Int] {
    guard nodes[node].kind == .array else { return [] }
    var result: [Int] = []
    var element = node + 1
    while element < nodes[node].next {
      result.append(element)
      element = Int(nodes[element].next)
    }
    return result
  }

  /// The value of the last member of that name; nil when there is none or this is no object.
  public func member(_ name: String, of node: Int, in bytes: UnsafeRawBufferPointer) -> Int? {
    guard nodes[node].kind == .object else { return nil }
    var found: Int?
    var key = node + 1
    while key < nodes[node].next {
      if isString(key, name, in: bytes) { found = key + 1 }
      key = Int(nodes[key + 1].next)
    }
    return found
  }

  /// Whether a node is a string of exactly that text.
  public func isString(_ node: Int, _ text: String, in bytes: UnsafeRawBufferPointer) -> Bool {
    switch nodes[node].kind {
    case .plainString:
      let utf8 = text.utf8
      guard nodes[node].end - nodes[node].start - 2 == utf8.count else { return false }
      var index = nodes[node].start + 1
      for byte in utf8 {
        if bytes[index] != byte { return false }
        index += 1
      }
      return true
    case .escapedString: return string(node, in: bytes) == JSONString(text)
    default: return false
    }
  }
}

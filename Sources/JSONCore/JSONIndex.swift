/// The positions of all values in a JSON text.
///
/// A flat list of nodes, in the order of the text, with 16 bytes per value and nothing decoded:
/// editing replaces bytes at its ranges, and reading decodes only the requested values. It belongs
/// to the bytes from which it was created.
public struct JSONIndex: Sendable {
  /// The type of a node's value.
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
    /// An array, followed by its elements.
    case array
    /// An object, followed by its names and values alternately.
    case object
  }

  /// The start and end of a value, its type, and the node that follows it, in 16 bytes: a notebook
  /// full of numbers has a node for every few bytes of it.
  struct Node: Sendable {
    /// The start in 40 bits, the type in 8, and the lower 16 bits of ``next``.
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

    /// The number of the first node after this one and its content.
    var next: Int32 {
      get { Int32(truncatingIfNeeded: low >> 48 | (high >> 40) << 16) }
      set { self = Node(start: start, end: end, next: newValue, kind: kind) }
    }

    var kind: Kind { Kind(rawValue: UInt8(truncatingIfNeeded: low >> 40)) ?? .null }
  }

  var nodes: [Node]

  /// Whether all non-ASCII characters are written as escapes, and there are some.
  public let escapesNonASCII: Bool

  /// Indexes a JSON text.
  ///
  /// - Throws: ``JSONError`` with the place of the first error.
  public init(_ bytes: UnsafeRawBufferPointer, options: JSONReadingOptions = .init())
    throws(JSONError)
  {
    var scanner = JSONScanner(bytes, options: options)
    try scanner.scan()
    nodes = scanner.nodes
    escapesNonASCII = scanner.hasNonASCIIEscape && !scanner.hasNonASCII
  }

  /// The node of the outermost value.
  public var root: Int { 0 }

  /// The type of a value.
  public func kind(_ node: Int) -> Kind { nodes[node].kind }

  /// The range of a value, including quotes and brackets.
  public func range(_ node: Int) -> Range<Int> { nodes[node].start..<nodes[node].end }

  /// The members of an object: the nodes of each name and value; empty for another type.
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

  /// The node after this one and its content: the next element of an array, or after a member's
  /// value the name of the next member.
  public func following(_ node: Int) -> Int { Int(nodes[node].next) }

  /// Whether an array or an object is empty.
  public func isEmpty(_ node: Int) -> Bool { following(node) == node + 1 }

  /// The elements of an array; empty for another type.
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

  /// The value of the last member with a name; nil if there is none or this is not an object.
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

  /// Whether a node is a string with exactly this text.
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

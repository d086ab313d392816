/// Scans a JSON text once into the nodes of a ``JSONIndex``, without decoding anything.
///
/// Containers are kept on an explicit stack: a text with a million levels causes an error, not a
/// stack overflow.
struct JSONScanner {
  private let bytes: UnsafeRawBufferPointer
  private let options: JSONReadingOptions
  private var position = 0
  private(set) var nodes: [JSONIndex.Node] = []
  /// Whether a string contains an unescaped non-ASCII character.
  private(set) var hasNonASCII = false
  /// Whether a string contains an escape of a non-ASCII character.
  private(set) var hasNonASCIIEscape = false

  init(_ bytes: UnsafeRawBufferPointer, options: JSONReadingOptions) {
    self.bytes = bytes
    self.options = options
  }

  private enum Expectation {
    case value
    case firstElement
    case firstMember
    case member
    case separator
  }

  /// Scans the whole text; a leading byte order mark is skipped.
  mutating func scan() throws(JSONError) {
    guard bytes.count < JSONIndex.Node.endOfPlaces else {
      throw error(.tooDeep, "texts of 1 TiB or more are not supported")
    }
    // Reserved memory costs nothing until it is used, but copying a list that became too long does.
    nodes.reserveCapacity(bytes.count / 16 + 4)
    if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { position = 3 }
    var open: [Int] = []
    var expectation = Expectation.value
    repeat {
      skipWhitespace()
      switch expectation {
      case .value:
        expectation = try value(&open)
      case .firstElement:
        if peek == UInt8(ascii: "]") {
          expectation = close(&open)
        } else {
          expectation = try value(&open)
        }
      case .firstMember:
        if peek == UInt8(ascii: "}") {
          expectation = close(&open)
        } else {
          expectation = try name()
        }
      case .member:
        expectation = try name()
      case .separator:
        guard let container = open.last else { break }
        expectation = try separator(nodes[container].kind == .object, &open)
      }
    } while !open.isEmpty || expectation != .separator
    skipWhitespace()
    if position < bytes.count {
      throw error(.trailingContent, "expected the end of the text after the value, found \(found)")
    }
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipWhitespace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }

  /// Continues after a value: with the next element or member, or the end of its container.
  private mutating func separator(_ inObject: Bool, _ open: inout [Int]) throws(JSONError)
    -> Expectation
  {
    switch peek {
    case UInt8(ascii: ","):
      position += 1
      return inObject ? .member : .value
    case UInt8(ascii: "}") where inObject, UInt8(ascii: "]") where !inObject:
      return close(&open)
    default:
      throw error(
        code, "expected ',' or '\(inObject ? "}" : "]")' after a value, found \(found)")
    }
  }

  private mutating func close(_ open: inout [Int]) -> Expectation {
    position += 1
    if let container = open.popLast() {
      nodes[container].end = position
      nodes[container].next = Int32(truncatingIfNeeded: nodes.count)
    }
    return .separator
  }

  private mutating func name() throws(JSONError) -> Expectation {
    guard peek == UInt8(ascii: "\"") else {
      throw error(code, "expected a member's name in double quotes, found \(found)")
    }
    try string()
    skipWhitespace()
    guard peek == UInt8(ascii: ":") else {
      throw error(code, "expected ':' after a member's name, found \(found)")
    }
    position += 1
    return .value
  }

  private mutating func value(_ open: inout [Int]) throws(JSONError) -> Expectation {
    switch peek {
    case UInt8(ascii: "\""): try string()
    case UInt8(ascii: "{"): return try begin(.object, .firstMember, &open)
    case UInt8(ascii: "["): return try begin(.array, .firstElement, &open)
    case UInt8(ascii: "t"): try literal("true", .true)
    case UInt8(ascii: "f"): try literal("false", .false)
    case UInt8(ascii: "n"): try literal("null", .null)
    case UInt8(ascii: "N") where options.allowsNonFinite: try literal("NaN", .number)
    case UInt8(ascii: "I") where options.allowsNonFinite: try literal("Infinity", .number)
    case UInt8(ascii: "-")
    where options.allowsNonFinite && position + 1 < bytes.count
      && bytes[position + 1] == UInt8(ascii: "I"):
      try literal("-Infinity", .number)
    case UInt8(ascii: "-"): try number()
    case let byte? where isDigit(byte): try number()
    default: throw error(code, "expected a value, found \(found)")
    }
    return .separator
  }

  private mutating func begin(
    _ kind: JSONIndex.Kind, _ next: Expectation, _ open: inout [Int]
  ) throws(JSONError) -> Expectation {
    if open.count >= options.maximumDepth {
      throw error(.tooDeep, "nested deeper than \(options.maximumDepth) levels")
    }
    open.append(nodes.count)
    try append(kind, from: position, to: position + 1)
    position += 1
    return next
  }

  private mutating func append(_ kind: JSONIndex.Kind, from start: Int, to end: Int)
    throws(JSONError)
  {
    guard let next = Int32(exactly: nodes.count + 1) else {
      throw error(.tooDeep, "more than 2 billion values")
    }
    nodes.append(JSONIndex.Node(start: start, end: end, next: next, kind: kind))
  }

  private mutating func literal(_ text: StaticString, _ kind: JSONIndex.Kind) throws(JSONError) {
    let start = position
    let length = text.utf8CodeUnitCount
    guard bytes.count - start >= length,
      bytes[start..<start + length].elementsEqual(
        UnsafeBufferPointer(start: text.utf8Start, count: length))
    else { throw error(.malformed, "expected \(text), found \(found)") }
    position += length
    try append(kind, from: start, to: position)
  }

  private mutating func number() throws(JSONError) {
    let start = position
    if peek == UInt8(ascii: "-") { position += 1 }
    if peek == UInt8(ascii: "0") {
      position += 1
      if let next = peek, isDigit(next) {
        throw error(.malformed, "a number must not have leading zeros")
      }
    } else {
      try digits("a digit")
    }
    if peek == UInt8(ascii: ".") {
      position += 1
      try digits("a digit after the decimal point")
    }
    if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
      position += 1
      if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { position += 1 }
      try digits("a digit in the exponent")
    }
    try append(.number, from: start, to: position)
  }

  private mutating func digits(_ expected: String) throws(JSONError) {
    guard let first = peek, isDigit(first) else {
      throw error(
        position < bytes.count ? .malformed : .unexpectedEnd, "expected \(expected), found \(found)"
      )
    }
    while let next = peek, isDigit(next) { position += 1 }
  }

  private func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  private mutating func string() throws(JSONError) {
    let start = position
    position += 1
    var hasEscapes = false
    var hasOther = false
    while true {
      position = JSONText.endOfPlainRun(bytes, from: position, hasNonASCII: &hasOther)
      guard position < bytes.count else {
        position = start
        throw error(.unexpectedEnd, "this string is not terminated")
      }
      let byte = bytes[position]
      if byte == UInt8(ascii: "\"") { break }
      guard byte == UInt8(ascii: "\\") else {
        throw error(.malformed, "a control character in a string must be escaped, found \(found)")
      }
      hasEscapes = true
      try escape()
    }
    if hasOther, !options.repairsInvalidUTF8,
      let fault = JSONText.firstInvalidUTF8(bytes, in: start..<position)
    {
      position = fault
      throw error(.invalidUTF8, "byte \(JSONText.hex(bytes[fault])) is not UTF-8")
    }
    if hasOther { hasNonASCII = true }
    position += 1
    try append(hasEscapes ? .escapedString : .plainString, from: start, to: position)
  }

  private mutating func escape() throws(JSONError) {
    position += 1
    switch peek {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      position += 1
    case UInt8(ascii: "u"):
      guard bytes.count - position > 4,
        (1...4).allSatisfy({ JSONText.hexDigit(bytes[position + $0]) != nil })
      else { throw error(.malformed, "expected four hexadecimal digits after \\u") }
      let isASCII =
        bytes[position + 1] == UInt8(ascii: "0") && bytes[position + 2] == UInt8(ascii: "0")
        && bytes[position + 3] < UInt8(ascii: "8")
      if !isASCII { hasNonASCIIEscape = true }
      position += 5
    default:
      throw error(code, "\\ must be followed by one of \"\\/bfnrtu, found \(found)")
    }
  }

  private var code: JSONError.Code {
    position < bytes.count ? .unexpectedCharacter : .unexpectedEnd
  }

  /// The text at the position, for messages.
  private var found: String {
    guard position < bytes.count else { return "the end of the text" }
    let byte = bytes[position]
    if byte >= 0x20, byte < 0x7F { return "'\(Character(Unicode.Scalar(byte)))'" }
    let rest = bytes[position..<min(position + 4, bytes.count)]
    if byte >= 0xC0, let character = String(decoding: rest, as: UTF8.self).first,
      character != "\u{FFFD}"
    {
      return "'\(character)'"
    }
    return "byte \(JSONText.hex(byte))"
  }

  private func error(_ code: JSONError.Code, _ message: String) -> JSONError {
    JSONError(code, message, at: position, in: bytes)
  }
}

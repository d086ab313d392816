extension JSONValue {
  /// Parses a JSON text.
  ///
  /// - Throws: ``JSONError`` with the place of the first error.
  public init(parsing bytes: UnsafeRawBufferPointer, options: JSONReadingOptions = .init())
    throws(JSONError)
  {
    let index = try JSONIndex(bytes, options: options)
    self = index.value(index.root, in: bytes)
  }

  /// Parses a JSON text.
  ///
  /// - Throws: ``JSONError`` with the place of the first error.
  public init(parsing bytes: [UInt8], options: JSONReadingOptions = .init()) throws(JSONError) {
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(JSONError) in try JSONValue(parsing: buffer, options: options) }
    }
    self = try result.get()
  }
}

extension JSONIndex {
  /// Decodes a complete value.
  ///
  /// - Parameters:
  ///   - node: the node of the value.
  ///   - bytes: the text from which the index was created.
  /// - Returns: the value.
  public func value(_ node: Int, in bytes: UnsafeRawBufferPointer) -> JSONValue {
    var cursor = node
    return decode(&cursor, bytes)
  }

  /// Decodes a string; empty for another type of value.
  public func string(_ node: Int, in bytes: UnsafeRawBufferPointer) -> JSONString {
    let content = nodes[node].start + 1..<max(nodes[node].end - 1, nodes[node].start + 1)
    switch nodes[node].kind {
    case .plainString:
      return JSONString(
        String(decoding: UnsafeRawBufferPointer(rebasing: bytes[content]), as: UTF8.self))
    case .escapedString: return JSONIndex.unescape(bytes, content)
    default: return JSONString("")
    }
  }

  /// Recursive, because the depth was limited when the index was created.
  private func decode(_ cursor: inout Int, _ bytes: UnsafeRawBufferPointer) -> JSONValue {
    let node = nodes[cursor]
    switch node.kind {
    case .null:
      cursor += 1
      return .null
    case .true:
      cursor += 1
      return .bool(true)
    case .false:
      cursor += 1
      return .bool(false)
    case .number:
      cursor += 1
      return .number(
        JSONNumber(
          validated: String(
            decoding: UnsafeRawBufferPointer(rebasing: bytes[node.start..<node.end]),
            as: UTF8.self)))
    case .plainString, .escapedString:
      defer { cursor += 1 }
      return .string(string(cursor, in: bytes))
    case .array:
      var elements: [JSONValue] = []
      cursor += 1
      while cursor < node.next { elements.append(decode(&cursor, bytes)) }
      return .array(elements)
    case .object:
      var members: [JSONObject.Member] = []
      cursor += 1
      while cursor < node.next {
        let key = string(cursor, in: bytes)
        cursor += 1
        members.append(JSONObject.Member(key: key, value: decode(&cursor, bytes)))
      }
      return .object(JSONObject(members))
    }
  }

  /// The text of a string with escapes, which is written once, into its final place.
  private static func unescape(_ bytes: UnsafeRawBufferPointer, _ content: Range<Int>)
    -> JSONString
  {
    var hasLoneSurrogates = false
    // No escape is shorter than its character. Invalid UTF-8, which is present only if the reader
    // repairs it, is repaired by `String`.
    let text = String(unsafeUninitializedCapacity: content.count) { buffer in
      var sink = TextBuffer(buffer: buffer)
      hasLoneSurrogates = !unescape(bytes, content, to: &sink)
      return hasLoneSurrogates ? 0 : sink.count
    }
    guard hasLoneSurrogates else { return JSONString(text) }
    var generalized: [UInt8] = []
    _ = unescape(bytes, content, to: &generalized)
    return JSONString(generalizedUTF8: generalized)
  }

  /// Appends the text of a string with escapes; parts without escapes are copied in bulk.
  ///
  /// - Returns: false if it contains half of a surrogate pair.
  private static func unescape(
    _ bytes: UnsafeRawBufferPointer, _ content: Range<Int>, to text: inout some TextSink
  ) -> Bool {
    var isUnicode = true
    var index = content.lowerBound
    let inner = UnsafeRawBufferPointer(rebasing: bytes[..<content.upperBound])
    while index < content.upperBound {
      var hasNonASCII = false
      let end = JSONText.endOfPlainRun(inner, from: index, hasNonASCII: &hasNonASCII)
      text.append(stretch: UnsafeRawBufferPointer(rebasing: inner[index..<end]))
      guard end + 1 < content.upperBound else { break }
      index = end + 2
      switch inner[end + 1] {
      case UInt8(ascii: "b"): text.append(0x08)
      case UInt8(ascii: "f"): text.append(0x0C)
      case UInt8(ascii: "n"): text.append(0x0A)
      case UInt8(ascii: "r"): text.append(0x0D)
      case UInt8(ascii: "t"): text.append(0x09)
      case UInt8(ascii: "u"):
        let first = unit(inner, at: index)
        index += 4
        if first & 0xFC00 == 0xD800, content.upperBound - index >= 6,
          inner[index] == UInt8(ascii: "\\"), inner[index + 1] == UInt8(ascii: "u"),
          case let second = unit(inner, at: index + 2), second & 0xFC00 == 0xDC00
        {
          index += 6
          let scalar = 0x10000 + (UInt32(first & 0x3FF) << 10) + UInt32(second & 0x3FF)
          append(scalar, to: &text)
        } else {
          if first & 0xF800 == 0xD800 { isUnicode = false }
          append(UInt32(first), to: &text)
        }
      case let byte: text.append(byte)
      }
    }
    return isUnicode
  }

  private static func unit(_ bytes: UnsafeRawBufferPointer, at index: Int) -> UInt16 {
    var value: UInt16 = 0
    for offset in 0..<4 where index + offset < bytes.count {
      value = value << 4 | (JSONText.hexDigit(bytes[index + offset]) ?? 0)
    }
    return value
  }

  /// Appends a code point in UTF-8, or a surrogate in three bytes as in WTF-8.
  private static func append(_ scalar: UInt32, to text: inout some TextSink) {
    func append(_ shift: UInt32, _ mark: UInt32, _ mask: UInt32) {
      text.append(UInt8(truncatingIfNeeded: mark | (scalar >> shift & mask)))
    }
    switch scalar {
    case ..<0x80: append(0, 0, 0x7F)
    case ..<0x800: append(6, 0xC0, 0x1F)
    case ..<0x10000:
      append(12, 0xE0, 0x0F)
      append(6, 0x80, 0x3F)
    default:
      append(18, 0xF0, 0x07)
      append(12, 0x80, 0x3F)
      append(6, 0x80, 0x3F)
    }
    if scalar >= 0x80 { append(0, 0x80, 0x3F) }
  }
}

/// A destination for a string's text.
private protocol TextSink {
  mutating func append(_ byte: UInt8)
  /// Appends the text between two escapes.
  mutating func append(stretch: UnsafeRawBufferPointer)
}

/// The storage of a `String` that is being created.
private struct TextBuffer: TextSink {
  let buffer: UnsafeMutableBufferPointer<UInt8>
  var count = 0

  mutating func append(_ byte: UInt8) {
    buffer[count] = byte
    count += 1
  }

  mutating func append(stretch: UnsafeRawBufferPointer) {
    UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
      .copyMemory(from: stretch)
    count += stretch.count
  }
}

/// Bytes that do not become a `String`, so that invalid UTF-8 is repaired here.
extension [UInt8]: TextSink {
  fileprivate mutating func append(stretch: UnsafeRawBufferPointer) {
    if JSONText.firstInvalidUTF8(stretch, in: 0..<stretch.count) != nil {
      append(contentsOf: String(decoding: stretch, as: UTF8.self).utf8)
    } else {
      append(contentsOf: stretch)
    }
  }
}

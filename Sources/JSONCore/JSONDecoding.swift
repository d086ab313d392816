extension JSONValue {
  /// Reads a JSON text.
  ///
  /// - Throws: ``JSONError`` with the place of the first fault.
  public init(parsing bytes: UnsafeRawBufferPointer, options: JSONReadingOptions = .init())
    throws(JSONError)
  {
    let index = try JSONIndex(bytes, options: options)
    self = index.value(index.root, in: bytes)
  }

  /// Reads a JSON text.
  ///
  /// - Throws: ``JSONError`` with the place of the first fault.
  public init(parsing bytes: [UInt8], options: JSONReadingOptions = .init()) throws(JSONError) {
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(JSONError) in try JSONValue(parsing: buffer, options: options) }
    }
    self = try result.get()
  }
}

extension JSONIndex {
  /// Decodes a value with all that it holds.
  ///
  /// - Parameters:
  ///   - node: the node of the value.
  ///   - bytes: the text that the index was made from.
  /// - Returns: the value.
  public func value(_ node: Int, in bytes: UnsafeRawBufferPointer) -> JSONValue {
    var cursor = node
    return decode(&cursor, bytes)
  }

  /// Decodes a string; empty for another kind of value.
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

  /// Recursive, because the depth was bounded when the index was made.
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

  /// The text of a string with escapes; stretches without any are copied in bulk.
  private static func unescape(_ bytes: UnsafeRawBufferPointer, _ content: Range<Int>)
    -> JSONString
  {
    var text: [UInt8] = []
    text.reserveCapacity(content.count)
    var hasLoneSurrogates = false
    var index = content.lowerBound
    let inner = UnsafeRawBufferPointer(rebasing: bytes[..<content.upperBound])
    while index < content.upperBound {
      var hasNonASCII = false
      let end = JSONText.endOfPlainRun(inner, from: index, hasNonASCII: &hasNonASCII)
      if hasNonASCII, JSONText.firstInvalidUTF8(inner, in: index..<end) != nil {
        // Only where the reader was asked to repair.
        text.append(contentsOf: String(decoding: inner[index..<end], as: UTF8.self).utf8)
      } else {
        text.append(contentsOf: UnsafeRawBufferPointer(rebasing: inner[index..<end]))
      }
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
          if first & 0xF800 == 0xD800 { hasLoneSurrogates = true }
          append(UInt32(first), to: &text)
        }
      case let byte: text.append(byte)
      }
    }
    return hasLoneSurrogates
      ? JSONString(generalizedUTF8: text) : JSONString(String(decoding: text, as: UTF8.self))
  }

  private static func unit(_ bytes: UnsafeRawBufferPointer, at index: Int) -> UInt16 {
    var value: UInt16 = 0
    for offset in 0..<4 where index + offset < bytes.count {
      value = value << 4 | (JSONText.hexDigit(bytes[index + offset]) ?? 0)
    }
    return value
  }

  /// Appends a code point in UTF-8, a surrogate in three bytes as WTF-8 has it.
  private static func append(_ scalar: UInt32, to text: inout [UInt8]) {
    func byte(_ shift: UInt32, _ mark: UInt32, _ mask: UInt32) -> UInt8 {
      UInt8(truncatingIfNeeded: mark | (scalar >> shift & mask))
    }
    switch scalar {
    case ..<0x80: text.append(byte(0, 0, 0x7F))
    case ..<0x800: text += [byte(6, 0xC0, 0x1F), byte(0, 0x80, 0x3F)]
    case ..<0x10000: text += [byte(12, 0xE0, 0x0F), byte(6, 0x80, 0x3F), byte(0, 0x80, 0x3F)]
    default:
      text += [
        byte(18, 0xF0, 0x07), byte(12, 0x80, 0x3F), byte(6, 0x80, 0x3F), byte(0, 0x80, 0x3F),
      ]
    }
  }
}

extension JSONValue {
  /// The value as a JSON text in UTF-8.
  ///
  /// Strings are escaped as Python's `json` does: quotes, backslashes and control characters, in
  /// their short forms if there are any.
  public func serialized(_ style: JSONStyle = .compact) -> [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes, style: style)
    return bytes
  }

  /// Appends the value as a JSON text in UTF-8.
  ///
  /// - Parameters:
  ///   - bytes: the bytes to append to.
  ///   - style: the style.
  ///   - level: the indentation level of the value.
  public func append(to bytes: inout [UInt8], style: JSONStyle, level: Int = 0) {
    switch self {
    case .null: bytes.append(contentsOf: "null".utf8)
    case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
    case .number(let number): bytes.append(contentsOf: number.text.utf8)
    case .string(let string): string.append(to: &bytes, escapesNonASCII: style.escapesNonASCII)
    case .array(let elements):
      guard !elements.isEmpty else { return bytes.append(contentsOf: "[]".utf8) }
      bytes.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        JSONValue.beginItem(index, &bytes, style, level + 1)
        element.append(to: &bytes, style: style, level: level + 1)
      }
      JSONValue.endItems(&bytes, style, level)
      bytes.append(UInt8(ascii: "]"))
    case .object(let object): object.append(to: &bytes, style: style, level: level)
    }
  }

  static func beginItem(
    _ index: Int, _ bytes: inout [UInt8], _ style: JSONStyle, _ level: Int
  ) {
    guard let indent = style.indent else {
      if index > 0 { bytes.append(contentsOf: style.itemSeparator.utf8) }
      return
    }
    if index > 0 { bytes.append(UInt8(ascii: ",")) }
    style.appendLine(to: &bytes, indent: indent, level: level)
  }

  static func endItems(_ bytes: inout [UInt8], _ style: JSONStyle, _ level: Int) {
    if let indent = style.indent { style.appendLine(to: &bytes, indent: indent, level: level) }
  }
}

extension JSONObject {
  /// Appends the object as a JSON text in UTF-8.
  ///
  /// - Parameters:
  ///   - bytes: the bytes to append to.
  ///   - style: the style.
  ///   - level: the indentation level of the object.
  ///   - append: writes the value of a member in its own way and returns true, or returns false to
  ///     write it in the style.
  public func append(
    to bytes: inout [UInt8], style: JSONStyle, level: Int,
    valueBy append: (_ member: Member, inout [UInt8]) -> Bool = { _, _ in false }
  ) {
    guard !isEmpty else { return bytes.append(contentsOf: "{}".utf8) }
    bytes.append(UInt8(ascii: "{"))
    for (index, member) in (style.sortsKeys ? sorted : self).enumerated() {
      JSONValue.beginItem(index, &bytes, style, level + 1)
      member.key.append(to: &bytes, escapesNonASCII: style.escapesNonASCII)
      bytes.append(contentsOf: style.keySeparator.utf8)
      if !append(member, &bytes) {
        member.value.append(to: &bytes, style: style, level: level + 1)
      }
    }
    JSONValue.endItems(&bytes, style, level)
    bytes.append(UInt8(ascii: "}"))
  }
}

extension [UInt8] {
  /// Reserves capacity for a text that is longer than all text so far, slightly more than its size.
  ///
  /// Growing by doubling would briefly need three times a long text. Shorter ones are left to that,
  /// because reserving for each of many would copy all earlier text each time.
  mutating func reserve(forLong length: Int) {
    if length > count { reserveCapacity(count + length + length / 32 + 64) }
  }
}

extension JSONStyle {
  /// Appends a line ending and the indentation of the next line.
  func appendLine(to bytes: inout [UInt8], indent: String, level: Int) {
    bytes.append(contentsOf: newline.utf8)
    for _ in 0..<level { bytes.append(contentsOf: indent.utf8) }
  }
}

extension JSONString {
  /// Appends the string with its quotes, escaped as Python's `json` does.
  public func append(to bytes: inout [UInt8], escapesNonASCII: Bool = false) {
    bytes.append(UInt8(ascii: "\""))
    withUTF8 { text in
      bytes.reserve(forLong: text.count)
      JSONString.append(UnsafeRawBufferPointer(text), to: &bytes, escapesNonASCII: escapesNonASCII)
    }
    bytes.append(UInt8(ascii: "\""))
  }

  static func append(
    _ text: UnsafeRawBufferPointer, to bytes: inout [UInt8], escapesNonASCII: Bool
  ) {
    var index = 0
    while index < text.count {
      var hasNonASCII = false
      let end = JSONText.endOfPlainRun(text, from: index, hasNonASCII: &hasNonASCII)
      if hasNonASCII {
        appendNonASCII(text, index..<end, to: &bytes, escapes: escapesNonASCII)
      } else {
        bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[index..<end]))
      }
      guard end < text.count else { return }
      appendEscape(UInt16(text[end]), to: &bytes)
      index = end + 1
    }
  }

  /// Appends a part with non-ASCII characters; surrogates are always escaped, because they cannot
  /// be written otherwise.
  static func appendNonASCII(
    _ text: UnsafeRawBufferPointer, _ range: Range<Int>, to bytes: inout [UInt8], escapes: Bool
  ) {
    var index = range.lowerBound
    while index < range.upperBound {
      let end =
        escapes
        ? JSONText.firstNonASCII(text, in: index..<range.upperBound)
        : JSONText.firstSurrogate(text, in: index..<range.upperBound)
      if let end, end == index {
        index = appendEscaped(text, from: index, to: &bytes)
      } else {
        let end = end ?? range.upperBound
        bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[index..<end]))
        index = end
      }
    }
  }

  /// Appends an escape of the non-ASCII character that begins at a position.
  ///
  /// - Returns: the position of the next character.
  private static func appendEscaped(
    _ text: UnsafeRawBufferPointer, from start: Int, to bytes: inout [UInt8]
  ) -> Int {
    let length = text[start] < 0xE0 ? 2 : text[start] < 0xF0 ? 3 : 4
    let end = min(start + length, text.count)
    var scalar = UInt32(text[start]) & (0xFF >> UInt32(length + 1))
    for place in start + 1..<end { scalar = scalar << 6 | UInt32(text[place] & 0x3F) }
    if scalar > 0xFFFF {
      let above = scalar - 0x10000
      appendEscape(UInt16(truncatingIfNeeded: 0xD800 | above >> 10), to: &bytes)
      appendEscape(UInt16(truncatingIfNeeded: 0xDC00 | above & 0x3FF), to: &bytes)
    } else {
      appendEscape(UInt16(truncatingIfNeeded: scalar), to: &bytes)
    }
    return end
  }

  static func appendEscape(_ unit: UInt16, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\\"))
    switch unit {
    case 0x22: bytes.append(UInt8(ascii: "\""))
    case 0x5C: bytes.append(UInt8(ascii: "\\"))
    case 0x08: bytes.append(UInt8(ascii: "b"))
    case 0x0C: bytes.append(UInt8(ascii: "f"))
    case 0x0A: bytes.append(UInt8(ascii: "n"))
    case 0x0D: bytes.append(UInt8(ascii: "r"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    default:
      bytes.append(UInt8(ascii: "u"))
      var shift: UInt16 = 16
      while shift > 0 {
        shift -= 4
        let digit = UInt8(truncatingIfNeeded: unit >> shift & 0xF)
        bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
      }
    }
  }
}

import JSONCore

extension JSONString {
  /// The code points, including unpaired surrogates.
  var codePoints: [UInt32] {
    withUTF8 { bytes in
      var result: [UInt32] = []
      result.reserveCapacity(bytes.count)
      var index = 0
      func next(_ offset: Int) -> UInt32 {
        index + offset < bytes.count ? UInt32(bytes[index + offset] & 0x3F) : 0
      }
      while index < bytes.count {
        let byte = UInt32(bytes[index])
        switch byte {
        case 0..<0x80:
          result.append(byte)
          index += 1
        case 0xC0..<0xE0:
          result.append((byte & 0x1F) << 6 | next(1))
          index += 2
        case 0xE0..<0xF0:
          result.append((byte & 0x0F) << 12 | next(1) << 6 | next(2))
          index += 3
        default:
          result.append((byte & 0x07) << 18 | next(1) << 12 | next(2) << 6 | next(3))
          index += 4
        }
      }
      return result
    }
  }
}

/// Properties and escapes of code points in string literals.
enum CodePoint {
  /// Whether it is half of a surrogate pair, which a well-formed text does not contain.
  static func isSurrogate(_ point: UInt32) -> Bool { 0xD800...0xDFFF ~= point }

  /// Whether it needs no escape: a visible character that does not end a line, change the direction
  /// of text, or look like a space.
  static func isPlain(_ point: UInt32) -> Bool {
    if point < 0x7F { return point >= 0x20 }
    guard let scalar = Unicode.Scalar(point) else { return false }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator, .spaceSeparator:
      return false
    default: return true
    }
  }

  /// Its hexadecimal digits, at least a given number.
  static func hex(_ point: UInt32, _ width: Int) -> String {
    let digits = String(point, radix: 16)
    return String(repeating: "0", count: max(width - digits.utf8.count, 0)) + digits
  }

  /// A UTF-16 escape such as `\u00e9`; two of them for code points beyond U+FFFF.
  static func utf16Escape(_ point: UInt32) -> String {
    if point <= 0xFFFF { return "\\u" + hex(point, 4) }
    let rest = point - 0x10000
    return "\\u" + hex(0xD800 + rest >> 10, 4) + "\\u" + hex(0xDC00 + rest & 0x3FF, 4)
  }

  /// Its bytes in UTF-8 as octal escapes of three digits each, which following digits cannot
  /// extend.
  static func octalEscape(_ point: UInt32) -> String {
    guard let scalar = Unicode.Scalar(point) else { return "" }
    return UTF8.encode(scalar).map(Array.init)?.map { byte in
      let digits = String(byte, radix: 8)
      return "\\" + String(repeating: "0", count: 3 - digits.utf8.count) + digits
    }.joined() ?? ""
  }
}

/// How a language writes a quoted string.
struct StringStyle: Sendable {
  /// The quote before and after.
  var quote = "\""
  /// The escape for a code point; nil if it needs none.
  var escape: @Sendable (UInt32) -> String?
  /// Whether the language's strings can contain U+0000.
  var holdsNull = true
  /// Whether the language's strings can contain half of a surrogate pair.
  var holdsSurrogates = false

  /// The literal for a text.
  func literal(_ text: JSONString) throws(Unrepresentable) -> String {
    quote + (try content(text.codePoints[...])) + quote
  }

  /// The text between the quotes.
  func content(_ points: ArraySlice<UInt32>) throws(Unrepresentable) -> String {
    var result = String.UnicodeScalarView()
    for point in points {
      if point == 0, !holdsNull {
        throw Unrepresentable("text that contains a NUL character")
      }
      if CodePoint.isSurrogate(point), !holdsSurrogates {
        throw Unrepresentable("text that contains an unpaired surrogate")
      }
      if let escape = escape(point) {
        result.append(contentsOf: escape.unicodeScalars)
      } else if let scalar = Unicode.Scalar(point) {
        result.append(scalar)
      }
    }
    return String(result)
  }

  /// Common escapes of languages with a C-like syntax: a backslash, the quote, line breaks, tabs.
  static func common(_ point: UInt32) -> String? {
    switch point {
    case 0x5C: "\\\\"
    case 0x22: "\\\""
    case 0x0A: "\\n"
    case 0x0D: "\\r"
    case 0x09: "\\t"
    default: nil
    }
  }
}

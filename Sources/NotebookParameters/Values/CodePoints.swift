import JSONCore

extension JSONString {
  /// The code points, halves of surrogate pairs among them.
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

/// What is to be known of a code point to write it in a string literal.
enum CodePoint {
  /// Whether it is half of a surrogate pair, which no well-formed text holds.
  static func isSurrogate(_ point: UInt32) -> Bool { 0xD800...0xDFFF ~= point }

  /// Whether it can stand for itself: everything that is seen, and nothing that ends a line,
  /// changes the direction of text, or looks like a space without being one.
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

  /// Its digits in base 16, at least so many.
  static func hex(_ point: UInt32, _ width: Int) -> String {
    let digits = String(point, radix: 16)
    return String(repeating: "0", count: max(width - digits.utf8.count, 0)) + digits
  }

  /// `\u00e9`, and two of them for what lies beyond U+FFFF.
  static func utf16Escape(_ point: UInt32) -> String {
    if point <= 0xFFFF { return "\\u" + hex(point, 4) }
    let rest = point - 0x10000
    return "\\u" + hex(0xD800 + rest >> 10, 4) + "\\u" + hex(0xDC00 + rest & 0x3FF, 4)
  }

  /// Its bytes in UTF-8 as octal escapes of three digits each, which nothing that follows can
  /// lengthen.
  static func octalEscape(_ point: UInt32) -> String {
    guard let scalar = Unicode.Scalar(point) else { return "" }
    return UTF8.encode(scalar).map(Array.init)?.map { byte in
      let digits = String(byte, radix: 8)
      return "\\" + String(repeating: "0", count: 3 - digits.utf8.count) + digits
    }.joined() ?? ""
  }
}

/// How a language writes a string between quotes.
struct StringStyle: Sendable {
  /// What stands before and after.
  var quote = "\""
  /// What is written for a code point; nil for the code point itself.
  var escape: @Sendable (UInt32) -> String?
  /// Whether the language's strings hold U+0000.
  var holdsNull = true
  /// Whether the language's strings hold half of a surrogate pair.
  var holdsSurrogates = false

  /// The literal for a text.
  func literal(_ text: JSONString) throws(Unrepresentable) -> String {
    quote + (try content(text.codePoints[...])) + quote
  }

  /// What stands between the quotes.
  func content(_ points: ArraySlice<UInt32>) throws(Unrepresentable) -> String {
    var result = String.UnicodeScalarView()
    for point in points {
      if point == 0, !holdsNull {
        throw Unrepresentable("a text with a NUL character in it")
      }
      if CodePoint.isSurrogate(point), !holdsSurrogates {
        throw Unrepresentable("a text with half of a surrogate pair in it")
      }
      if let escape = escape(point) {
        result.append(contentsOf: escape.unicodeScalars)
      } else if let scalar = Unicode.Scalar(point) {
        result.append(scalar)
      }
    }
    return String(result)
  }

  /// Escapes common to the languages that look like C: a backslash, the quote, line breaks, tabs.
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

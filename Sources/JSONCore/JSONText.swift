/// Work on the bytes of strings, eight at a time where that pays.
public enum JSONText {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highBits: UInt64 = 0x8080_8080_8080_8080

  /// The first place from `start` on that is a quote, a backslash or a control character, or the
  /// end; `hasNonASCII` becomes true when a byte above 0x7F was passed.
  static func endOfPlainRun(
    _ bytes: UnsafeRawBufferPointer, from start: Int, hasNonASCII: inout Bool
  ) -> Int {
    var index = start
    let quotes = ones &* UInt64(UInt8(ascii: "\""))
    let backslashes = ones &* UInt64(UInt8(ascii: "\\"))
    var other: UInt64 = 0
    while bytes.count - index >= 8 {
      let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      let quote = word ^ quotes
      let backslash = word ^ backslashes
      // A byte is zero where (x - 1) borrows and x has no high bit; below 0x20 likewise. A false
      // hit above a true one does no harm: the bytes are then looked at one by one.
      let hits =
        ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
        | ((word &- ones &* 0x20) & ~word)
      if hits & highBits != 0 { break }
      other |= word
      index += 8
    }
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { break }
      other |= UInt64(byte)
      index += 1
    }
    if other & highBits != 0 { hasNonASCII = true }
    return index
  }

  /// The first place in a range of a string of a JSON text that holds a backslash or a byte above
  /// 0x7F; nil when there is none.
  public static func firstUnusual(_ bytes: UnsafeRawBufferPointer, in range: Range<Int>) -> Int? {
    var index = range.lowerBound
    let backslashes = ones &* UInt64(UInt8(ascii: "\\"))
    while range.upperBound - index >= 8 {
      let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      let backslash = word ^ backslashes
      if (word | ((backslash &- ones) & ~backslash)) & highBits != 0 { break }
      index += 8
    }
    while index < range.upperBound {
      if bytes[index] == UInt8(ascii: "\\") || bytes[index] >= 0x80 { return index }
      index += 1
    }
    return nil
  }

  /// The first place in a range that holds a backslash; nil when there is none.
  public static func firstBackslash(_ bytes: UnsafeRawBufferPointer, in range: Range<Int>) -> Int? {
    var index = range.lowerBound
    let backslashes = ones &* UInt64(UInt8(ascii: "\\"))
    while range.upperBound - index >= 8 {
      let backslash = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) ^ backslashes
      if (backslash &- ones) & ~backslash & highBits != 0 { break }
      index += 8
    }
    while index < range.upperBound {
      if bytes[index] == UInt8(ascii: "\\") { return index }
      index += 1
    }
    return nil
  }

  /// The first byte in a range that does not belong to well-formed UTF-8; nil when all do.
  static func firstInvalidUTF8(_ bytes: UnsafeRawBufferPointer, in range: Range<Int>) -> Int? {
    var index = range.lowerBound
    while index < range.upperBound {
      while range.upperBound - index >= 8,
        bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & highBits == 0
      { index += 8 }
      guard index < range.upperBound else { return nil }
      let byte = bytes[index]
      if byte < 0x80 {
        index += 1
        continue
      }
      let length: Int
      let second: ClosedRange<UInt8>
      switch byte {
      case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
      case 0xE0: (length, second) = (3, 0xA0...0xBF)
      case 0xE1...0xEC, 0xEE...0xEF: (length, second) = (3, 0x80...0xBF)
      case 0xED: (length, second) = (3, 0x80...0x9F)
      case 0xF0: (length, second) = (4, 0x90...0xBF)
      case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
      case 0xF4: (length, second) = (4, 0x80...0x8F)
      default: return index
      }
      guard range.upperBound - index >= length, second.contains(bytes[index + 1]) else {
        return index
      }
      for offset in 2..<max(length, 2) where bytes[index + offset] & 0xC0 != 0x80 { return index }
      index += length
    }
    return nil
  }

  /// Whether two stretches of the same length hold the same bytes.
  static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    guard left.count == right.count else { return false }
    var index = 0
    while left.count - index >= 8 {
      if left.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        != right.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      {
        return false
      }
      index += 8
    }
    while index < left.count {
      if left[index] != right[index] { return false }
      index += 1
    }
    return true
  }

  /// The value of a hexadecimal digit; nil for another character.
  static func hexDigit(_ byte: UInt8) -> UInt16? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
  }

  /// A byte as `0x0a`.
  static func hex(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return "0x" + (digits.utf8.count < 2 ? "0" : "") + digits
  }
}

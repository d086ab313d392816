/// Operations on the bytes of strings, eight at a time if worthwhile.
package enum JSONText {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highBits: UInt64 = 0x8080_8080_8080_8080

  /// Eight bytes as a word, the first one lowest.
  private static func word(_ bytes: UnsafeRawBufferPointer, at place: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
  }

  /// Marks each zero byte of a word with its high bit.
  ///
  /// A byte above a zero byte may be marked wrongly: only the lowest mark is valid.
  private static func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & highBits }

  /// The number of bytes below the lowest mark.
  private static func bytesBelow(_ marks: UInt64) -> Int { marks.trailingZeroBitCount >> 3 }

  /// The first position from `start` on of a quote, a backslash or a control character, or else the
  /// end; `hasNonASCII` becomes true if a byte above 0x7F was passed.
  static func endOfPlainRun(
    _ bytes: UnsafeRawBufferPointer, from start: Int, hasNonASCII: inout Bool
  ) -> Int {
    var index = start
    let (quotes, backslashes) = (ones &* 0x22, ones &* 0x5C)
    var other: UInt64 = 0
    while bytes.count - index >= 8 {
      let word = word(bytes, at: index)
      // A byte below 0x20 borrows from its high bit when 0x20 is subtracted.
      let controls = (word &- ones &* 0x20) & ~word & highBits
      let marks = zeros(word ^ quotes) | zeros(word ^ backslashes) | controls
      if marks != 0 {
        let passed = marks.trailingZeroBitCount & ~7
        if (other | word & (1 << UInt64(passed) &- 1)) & highBits != 0 { hasNonASCII = true }
        return index + passed >> 3
      }
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

  /// The first position of a byte in a range; nil if there is none.
  package static func first(
    _ byte: UInt8, _ bytes: UnsafeRawBufferPointer, in range: Range<Int>
  ) -> Int? {
    var index = range.lowerBound
    let wanted = ones &* UInt64(byte)
    while range.upperBound - index >= 8 {
      let marks = zeros(word(bytes, at: index) ^ wanted)
      if marks != 0 { return index + bytesBelow(marks) }
      index += 8
    }
    while index < range.upperBound {
      if bytes[index] == byte { return index }
      index += 1
    }
    return nil
  }

  /// The first position in a range of a backslash, or of a byte that may begin a non-ASCII line
  /// ending: NEL, and Unicode's line and paragraph separators.
  package static func firstEscapeOrSeparator(
    _ bytes: UnsafeRawBufferPointer, in range: Range<Int>
  ) -> Int? {
    var index = range.lowerBound
    let (backslashes, nel, separators) = (ones &* 0x5C, ones &* 0xC2, ones &* 0xE2)
    while index < range.upperBound {
      if range.upperBound - index >= 8 {
        let word = word(bytes, at: index)
        let marks = zeros(word ^ backslashes) | zeros(word ^ nel) | zeros(word ^ separators)
        guard marks != 0 else {
          index += 8
          continue
        }
        index += bytesBelow(marks)
      }
      if bytes[index] == UInt8(ascii: "\\") || lineEndLength(bytes, at: index, in: range) > 0 {
        return index
      }
      index += 1
    }
    return nil
  }

  /// The length of a non-ASCII line ending at a position; 0 if there is none.
  static func lineEndLength(
    _ bytes: UnsafeRawBufferPointer, at place: Int, in range: Range<Int>
  ) -> Int {
    switch bytes[place] {
    case 0xC2 where place + 1 < range.upperBound && bytes[place + 1] == 0x85: 2
    case 0xE2
    where place + 2 < range.upperBound && bytes[place + 1] == 0x80
      && (bytes[place + 2] == 0xA8 || bytes[place + 2] == 0xA9):
      3
    default: 0
    }
  }

  /// The first position in a range of a byte above 0x7F; nil if there is none.
  static func firstNonASCII(_ bytes: UnsafeRawBufferPointer, in range: Range<Int>) -> Int? {
    var index = range.lowerBound
    while range.upperBound - index >= 8 {
      let marks = word(bytes, at: index) & highBits
      if marks != 0 { return index + bytesBelow(marks) }
      index += 8
    }
    return bytes[index..<range.upperBound].firstIndex { $0 >= 0x80 }
  }

  /// The first position in a range of generalised UTF-8 at which a lone surrogate begins; nil if
  /// there is none.
  static func firstSurrogate(_ bytes: UnsafeRawBufferPointer, in range: Range<Int>) -> Int? {
    var start = range.lowerBound
    while let place = first(0xED, bytes, in: start..<range.upperBound) {
      if place + 1 < range.upperBound, bytes[place + 1] >= 0xA0 { return place }
      start = place + 1
    }
    return nil
  }

  /// The first byte in a range that is not part of well-formed UTF-8; nil if there is none.
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

  /// Whether two buffers of the same length contain the same bytes.
  public static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer)
    -> Bool
  {
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

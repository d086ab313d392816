/// Finds the bytes of a text with a meaning for terminals, eight at a time.
enum ControlScan {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  /// The zero bytes among eight bytes; only the lowest one found is exact.
  private static func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & highs }

  /// The position of the next escape, carriage return or backspace, or else the end.
  static func next(in text: UnsafeRawBufferPointer, from start: Int) -> Int {
    var index = start
    while index + 8 <= text.count {
      let word = UInt64(littleEndian: text.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      let found =
        zeros(word ^ ones &* 0x1B) | zeros(word ^ ones &* 0x0D) | zeros(word ^ ones &* 0x08)
      if found != 0 { return index + found.trailingZeroBitCount / 8 }
      index += 8
    }
    while index < text.count {
      if text[index] == 0x1B || text[index] == 0x0D || text[index] == 0x08 { return index }
      index += 1
    }
    return text.count
  }

  /// The position of the next escape, or else the end.
  static func nextEscape(in text: UnsafeRawBufferPointer, from start: Int) -> Int {
    var index = start
    while index < text.count {
      index = next(in: text, from: index)
      if index == text.count || text[index] == ControlSequence.escape { return index }
      index += 1
    }
    return index
  }

  /// The position of the last line feed in a range; nil if there is none.
  static func lastLineFeed(in text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int? {
    var end = range.upperBound
    while end - range.lowerBound >= 8,
      zeros(text.loadUnaligned(fromByteOffset: end - 8, as: UInt64.self) ^ ones &* 0x0A) == 0
    { end -= 8 }
    while end > range.lowerBound {
      if text[end - 1] == 0x0A { return end - 1 }
      end -= 1
    }
    return nil
  }

  /// The end of the run of visible ASCII characters that begins at `start`.
  static func asciiRun(_ text: UnsafeRawBufferPointer, from start: Int) -> Int {
    var index = start
    while index < text.count, text[index] >= 0x20, text[index] < 0x7F { index += 1 }
    return index
  }

  /// The number of line feeds in the text.
  static func lines(_ text: UnsafeRawBufferPointer) -> Int {
    text.reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
  }
}

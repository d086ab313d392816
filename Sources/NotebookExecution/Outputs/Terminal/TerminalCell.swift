/// One column of a terminal row: a character and its style.
struct TerminalCell: Hashable, Sendable {
  /// The character's code point, one of the marks below, or from ``firstText`` on the number of a
  /// text with several code points.
  var glyph: UInt32
  var style: TerminalStyle

  /// An empty cell: never written, or erased.
  static let empty = TerminalCell(glyph: 0, style: TerminalStyle())
  /// The right half of the wide character to the left.
  static let rightHalf: UInt32 = 1
  /// A column covered by a tab that starts further left.
  static let tabRest: UInt32 = 2
  /// The first column of a tab.
  static let tab: UInt32 = 9
  /// The offset that is added to the number of a text.
  static let firstText: UInt32 = 0x8000_0000

  /// Whether a combining mark cannot be added to it.
  var isSpecial: Bool { glyph < 0x20 }
  /// Whether it is a part of the character to its left.
  var isPartial: Bool { glyph == TerminalCell.rightHalf || glyph == TerminalCell.tabRest }
  var isEmpty: Bool { glyph == 0 }
}

/// The parts of a row in the form of text.
enum TerminalToken {
  case scalar(Unicode.Scalar)
  case tab
  /// A complete escape sequence, or a part of an abandoned one.
  case sequence(Range<Int>, ControlSequence.Ending)
  /// Another control character, which terminals do not display.
  case control

  /// Reads the token at `index`, and moves the index behind it.
  init(_ text: UnsafeRawBufferPointer, _ index: inout Int) {
    let byte = text[index]
    if byte == ControlSequence.escape {
      let (length, ending) = ControlSequence.measure(text, at: index)
      self = .sequence(index..<index + length, ending)
      index += length
      return
    }
    index += 1
    switch byte {
    case 0x09: self = .tab
    case 0x20..<0x7F: self = .scalar(Unicode.Scalar(byte))
    case 0x00..<0x20, 0x7F: self = .control
    default:
      let count = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3
      var value = UInt32(byte) & (0x3F >> UInt32(count))
      for _ in 0..<count where index < text.count && text[index] & 0xC0 == 0x80 {
        value = value << 6 | UInt32(text[index] & 0x3F)
        index += 1
      }
      let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
      self = (0x80..<0xA0).contains(scalar.value) ? .control : .scalar(scalar)
    }
  }
}

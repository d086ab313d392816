import Glibc

/// The properties of the terminal, if there is one.
struct Terminal: Sendable {
  /// Whether standard output is a terminal.
  var outputIsTerminal: Bool
  /// Whether standard error is a terminal with cursor movement.
  var errorIsTerminal: Bool
  /// Whether to use colours on standard error.
  var usesColor: Bool

  init(environment: (String) -> String?) {
    let isDumb = ["", "dumb"].contains(environment("TERM") ?? "")
    outputIsTerminal = isatty(1) == 1
    errorIsTerminal = isatty(2) == 1 && !isDumb
    if let forced = environment("CLICOLOR_FORCE"), forced != "0", !forced.isEmpty {
      usesColor = true
    } else if let no = environment("NO_COLOR"), !no.isEmpty {
      usesColor = false
    } else {
      usesColor = errorIsTerminal
    }
  }

  /// The size of the terminal; that of a usual one if it is unknown.
  static var size: TerminalSize {
    var size = winsize()
    let isKnown = ioctl(2, UInt(TIOCGWINSZ), &size) == 0
    return TerminalSize(
      columns: isKnown && size.ws_col > 0 ? Int(size.ws_col) : 80,
      rows: isKnown && size.ws_row > 0 ? Int(size.ws_row) : 24)
  }

  /// Whether the program may draw: a job in the background must not use the terminal.
  static var isInForeground: Bool {
    let group = tcgetpgrp(2)
    return group < 0 || group == getpgrp()
  }

  /// A colour or weight.
  enum Style: String, Sendable {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
  }

  /// A text without control sequences.
  static func plain(_ text: String) -> String {
    var result = ""
    var scalars = text.unicodeScalars.makeIterator()
    while let scalar = scalars.next() {
      guard scalar == "\u{1B}" else {
        result.unicodeScalars.append(scalar)
        continue
      }
      guard scalars.next() == "[" else { continue }
      while let next = scalars.next(), !(0x40...0x7E).contains(next.value) {}
    }
    return result
  }

  /// A text without effects on a terminal: control characters are shown as symbols, and characters
  /// that reorder or hide text as U+FFFD.
  ///
  /// - Parameter keepsLines: whether to keep line breaks and tabs.
  static func visible(_ text: String, keepsLines: Bool = false) -> String {
    guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 >= 0xC2 }) else { return text }
    var result = String.UnicodeScalarView()
    var isAfterReturn = false
    for scalar in text.unicodeScalars {
      if keepsLines, isAfterReturn, scalar == "\n" { result.removeLast() }
      isAfterReturn = scalar == "\r"
      switch scalar.value {
      case 0x09 where keepsLines, 0x0A where keepsLines: result.append(scalar)
      case 0..<0x20: result.append(Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}")
      case 0x7F: result.append("\u{2421}")
      case _ where isHiddenControl(scalar): result.append("\u{FFFD}")
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  /// Whether a character is a C1 control, a line separator, changes the direction of text, or has
  /// no width and does not join letters and emoji, as U+200C and U+200D do.
  static func isHiddenControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x80..<0xA0, 0x061C, 0x180E, 0x200B, 0x200E, 0x200F, 0x2028...0x202E, 0x2060...0x206F,
      0xFEFF, 0xFFF9...0xFFFB, 0xE0000...0xE007F:
      true
    default: false
    }
  }

  /// The number of columns of a text without control characters.
  static func columns(of text: String) -> Int { text.reduce(0) { $0 + columns(of: $1) } }

  private static func columns(of character: Character) -> Int {
    guard let first = character.unicodeScalars.first, first.value >= 0x1100 else {
      // A digit or sign with a variation selector is an emoji.
      return character.unicodeScalars.contains("\u{FE0F}") ? 2 : 1
    }
    // East Asian wide characters and emoji take two columns.
    let scalar = first.value
    let isWide =
      (0x1100...0x115F).contains(scalar) || (0x2E80...0xA4CF).contains(scalar)
      || (0xA960...0xA97F).contains(scalar) || (0xAC00...0xD7A3).contains(scalar)
      || (0xF900...0xFAFF).contains(scalar) || (0xFE30...0xFE6F).contains(scalar)
      || (0xFF00...0xFF60).contains(scalar) || (0xFFE0...0xFFE6).contains(scalar)
      || (0x16FE0...0x1B2FF).contains(scalar) || (0x1F300...0x1FAFF).contains(scalar)
      || (0x20000...0x3FFFD).contains(scalar) || first.properties.isEmojiPresentation
      || character.unicodeScalars.contains("\u{FE0F}")
    return isWide ? 2 : 1
  }

  /// The beginning of a text that fits a width, on one line: line breaks and tabs become spaces.
  static func fitted(_ text: String, to width: Int) -> String {
    var result = ""
    var used = 0
    // Avoids examining a line of several megabytes completely.
    for character in text.prefix(4 * max(width, 0) + 16) {
      let isSpace = character.isNewline || character == "\t"
      let shown = isSpace ? " " : visible(String(character))
      let columns = columns(of: shown)
      if used + columns > width {
        guard width > 0 else { return "" }
        while used >= width, let last = result.popLast() { used -= self.columns(of: last) }
        return result + "…"
      }
      result += shown
      used += columns
    }
    return result
  }
}

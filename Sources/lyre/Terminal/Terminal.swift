import Glibc

/// What is known of the terminal, if there is one.
struct Terminal: Sendable {
  /// Whether standard output is a terminal.
  var outputIsTerminal: Bool
  /// Whether standard error is a terminal on which the cursor can be moved.
  var errorIsTerminal: Bool
  /// Whether colours are used on standard error.
  var usesColor: Bool

  init(environment: (String) -> String?) {
    let isDumb = environment("TERM") == "dumb"
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

  /// How many columns the terminal has.
  static var columns: Int {
    var size = winsize()
    guard ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// How many rows the terminal has.
  static var rows: Int {
    var size = winsize()
    guard ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else { return 24 }
    return Int(size.ws_row)
  }

  /// A text in a colour or weight, where colours are used.
  func styled(_ text: String, _ code: Style) -> String {
    usesColor ? "\u{1B}[\(code.rawValue)m\(text)\u{1B}[0m" : text
  }

  enum Style: String {
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

  /// A text on one line that does nothing to a terminal: characters that control it are shown as
  /// their pictures.
  static func visible(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0..<0x20: result.append(Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}")
      case 0x7F: result.append("\u{2421}")
      case 0x80..<0xA0, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: result.append("\u{FFFD}")
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  /// How many columns a text takes that has no control characters.
  static func columns(of text: String) -> Int { text.reduce(0) { $0 + columns(of: $1) } }

  private static func columns(of character: Character) -> Int {
    let scalar = character.unicodeScalars.first?.value ?? 0
    // East Asian wide characters and emoji take two columns.
    let isWide =
      (0x1100...0x115F).contains(scalar) || (0x2E80...0xA4CF).contains(scalar)
      || (0xAC00...0xD7A3).contains(scalar) || (0xF900...0xFAFF).contains(scalar)
      || (0xFE30...0xFE6F).contains(scalar) || (0xFF00...0xFF60).contains(scalar)
      || (0x1F300...0x1FAFF).contains(scalar) || (0x20000...0x3FFFD).contains(scalar)
    return isWide ? 2 : 1
  }

  /// The first columns of a text on one line: its line breaks and tabs are spaces.
  static func fitted(_ text: String, to width: Int) -> String {
    var result = ""
    var used = 0
    for character in text {
      let isSpace = character.isNewline || character == "\t"
      let character = isSpace ? " " : character
      let scalar = character.unicodeScalars.first?.value ?? 0
      if scalar < 0x20 || (0x7F..<0xA0).contains(scalar) { continue }
      let columns = columns(of: character)
      if used + columns > width {
        guard width > 0 else { return "" }
        while used >= width, let last = result.popLast() { used -= self.columns(of: last) }
        return result + "…"
      }
      result.append(character)
      used += columns
    }
    return result
  }
}

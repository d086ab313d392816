/// An alphabet of mathematics: bold, blackboard bold, script, and so on.
enum MathVariant {
  case normal, bold, italic, boldItalic, double, script, fraktur, sans, monospace

  static let commands: [String: MathVariant] = [
    "mathrm": .normal, "mathup": .normal, "mathnormal": .italic, "mathbf": .bold,
    "boldsymbol": .boldItalic, "bm": .boldItalic, "pmb": .boldItalic, "mathit": .italic,
    "mathbb": .double, "Bbb": .double, "mathds": .double, "mathcal": .script, "mathscr": .script,
    "mathfrak": .fraktur, "frak": .fraktur, "mathsf": .sans, "mathtt": .monospace,
    "symbf": .bold, "symrm": .normal, "operatorfont": .normal,
  ]

  /// Commands for the rest of a group.
  static let switches: [String: MathVariant] = [
    "rm": .normal, "bf": .bold, "it": .italic, "cal": .script, "sf": .sans, "tt": .monospace,
    "mit": .italic, "bfseries": .bold, "itshape": .italic,
  ]

  /// An identifier of MathML.
  func identifier(_ text: String) -> String {
    if self == .normal {
      return text.count == 1
        ? "<mi mathvariant=\"normal\">\(text.asHTML)</mi>" : "<mi>\(text.asHTML)</mi>"
    }
    return "<mi>\(applied(to: text).asHTML)</mi>"
  }

  /// The characters of a text in this alphabet, of Unicode's Mathematical Alphanumeric Symbols.
  func applied(to text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map(applied)))
  }

  private func applied(to scalar: Unicode.Scalar) -> Unicode.Scalar {
    if let exception = exception(scalar) { return exception }
    let start: UInt32?
    let offset: UInt32
    switch scalar {
    case "A"..."Z": (start, offset) = (letters, scalar.value - 0x41)
    case "a"..."z": (start, offset) = (letters, scalar.value - 0x61 + 26)
    case "0"..."9": (start, offset) = (digits, scalar.value - 0x30)
    case "\u{391}"..."\u{3A9}": (start, offset) = (greek, scalar.value - 0x391)
    case "\u{3B1}"..."\u{3C9}": (start, offset) = (greek, scalar.value - 0x3B1 + 26)
    default: return scalar
    }
    return start.flatMap { Unicode.Scalar($0 + offset) } ?? scalar
  }

  private var letters: UInt32? {
    switch self {
    case .normal: nil
    case .bold: 0x1D400
    case .italic: 0x1D434
    case .boldItalic: 0x1D468
    case .script: 0x1D49C
    case .fraktur: 0x1D504
    case .double: 0x1D538
    case .sans: 0x1D5A0
    case .monospace: 0x1D670
    }
  }

  private var digits: UInt32? {
    switch self {
    case .bold, .boldItalic: 0x1D7CE
    case .double: 0x1D7D8
    case .sans: 0x1D7E2
    case .monospace: 0x1D7F6
    default: nil
    }
  }

  private var greek: UInt32? {
    switch self {
    case .bold: 0x1D6A8
    case .italic: 0x1D6E2
    case .boldItalic: 0x1D71C
    default: nil
    }
  }

  /// The letters that Unicode had before it got the alphabets.
  private func exception(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    let table: [Unicode.Scalar: Unicode.Scalar]
    switch self {
    case .italic: table = ["h": "ℎ"]
    case .script:
      table = [
        "B": "ℬ", "E": "ℰ", "F": "ℱ", "H": "ℋ", "I": "ℐ", "L": "ℒ", "M": "ℳ", "R": "ℛ", "e": "ℯ",
        "g": "ℊ", "o": "ℴ",
      ]
    case .fraktur: table = ["C": "ℭ", "H": "ℌ", "I": "ℑ", "R": "ℜ", "Z": "ℨ"]
    case .double:
      table = ["C": "ℂ", "H": "ℍ", "N": "ℕ", "P": "ℙ", "Q": "ℚ", "R": "ℝ", "Z": "ℤ"]
    default: return nil
    }
    return table[scalar]
  }
}

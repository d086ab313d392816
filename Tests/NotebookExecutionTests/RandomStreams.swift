/// Streams that move the cursor at random, from a seed.
struct RandomStreams {
  /// Their possible contents.
  struct Kind: Sendable, CustomStringConvertible {
    var description: String
    /// The terminal for the comparison, and the same limits for the text.
    var rows: Int
    var columns = 256
    var lines: Int
    var hasPositions = true
    var hasSaving = false
    /// If lines reach the right edge, terminals differ for everything except plain text.
    var isNarrow: Bool { columns < 100 }
  }

  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  /// A number below `bound`.
  mutating func number(_ bound: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state >> 11) % bound
  }

  mutating func pick<T>(_ values: [T]) -> T { values[number(values.count)] }

  /// Cuts a text at random places.
  mutating func pieces(_ text: String) -> [String] {
    var pieces: [String] = []
    var rest = Array(text.unicodeScalars)[...]
    let longest = pick([1, 3, 12, 60])
    while !rest.isEmpty {
      var piece = String.UnicodeScalarView()
      piece.append(contentsOf: rest.prefix(1 + number(longest)))
      rest = rest.dropFirst(piece.count)
      pieces.append(String(piece))
    }
    return pieces
  }

  mutating func stream(_ kind: Kind) -> String {
    var text = ""
    var lines = 0
    var isSaved = false
    for _ in 0..<(5 + number(60)) {
      switch number(kind.hasPositions ? 16 : 12) {
      case 0, 1, 2, 3:
        text += kind.isNarrow ? pick(["a", "done ", "Step 3/7", "═══════════"]) : word()
      case 4 where lines < kind.lines, 5 where lines < kind.lines:
        text += pick(["\n", "\n", "\r\n", "\u{1B}E"])
        lines += 1
      case 6: text += "\r"
      case 7: text += String(repeating: "\u{8}", count: 1 + number(4))
      case 8: text += style()
      case 9 where !kind.isNarrow:
        text += "\u{1B}[\(pick(["", "1", "2", "0", "3", "7"]))\(pick(["A", "D", "F", "C"]))"
      case 10:
        text += pick(["\u{1B}[K", "\u{1B}[1K", "\u{1B}[2K", "\r\u{1B}[K", "\u{1B}[J", "\u{1B}[0K"])
      case 11 where !kind.isNarrow:
        text += "\u{1B}[\(pick(["", "1", "3"]))\(pick(["X", "P", "@"]))"
      case 12 where kind.hasPositions:
        text += pick([
          "\u{1B}[H", "\u{1B}[\(1 + number(8));\(1 + number(40))H", "\u{1B}[\(1 + number(30))G",
          "\u{1B}[\(1 + number(9))d", "\u{1B}[3;1f",
        ])
      case 13:
        text += pick(["\u{1B}[2J", "\u{1B}[1J", "\u{1B}[B", "\u{1B}[2E", "\u{1B}D", "\u{1B}[3B"])
      case 14 where kind.hasSaving:
        text += isSaved ? "\u{1B}8" : "\u{1B}7"
        isSaved.toggle()
      case 15 where kind.hasSaving:
        text += pick(["\u{1B}[L", "\u{1B}[2L", "\u{1B}[M", "\u{1B}[2M"])
      default:
        text += pick([kind.isNarrow ? "" : "\t", "\u{1B}[?25l", "\u{1B}]0;a title\u{7}", "x"])
      }
    }
    return text
  }

  private mutating func word() -> String {
    pick([
      "a", "done", "100%|####|", " ", "   ", "Step 3/7", "é", "e\u{301}", "日本", "한", "🚀x", "ab\tc",
      "a rather long piece of text, ", "═══",
    ])
  }

  private mutating func style() -> String {
    let codes = (0..<(1 + number(2))).map { _ in
      pick([
        "0", "", "1", "3", "4", "7", "9", "22", "23", "24", "27", "31", "32", "39", "44", "49",
        "92",
        "103", "38;5;\(number(256))", "48;2;\(number(256));0;9",
      ])
    }
    return "\u{1B}[\(codes.joined(separator: ";"))m"
  }
}

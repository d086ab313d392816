import Testing

@testable import lyre

/// What a terminal shows: the control sequences of a board, and nothing else.
private struct ScreenModel {
  var rows: [[Character]] = [[]]
  var row = 0
  var column = 0
  var isCursorHidden = false
  var wraps = true
  /// Sequences that no terminal test would notice.
  var unknown: [String] = []

  mutating func write(_ text: String) {
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case "\r": column = 0
      case "\n":
        row += 1
        if row == rows.count { rows.append([]) }
      case "\u{1B}":
        rest.removeFirst()
        let parameters = rest.prefix { !("A"..."z").contains($0) }
        rest = rest.dropFirst(parameters.count)
        obey(String(String.UnicodeScalarView(parameters)), rest.removeFirst())
      default:
        while rows[row].count <= column { rows[row].append(" ") }
        rows[row][column] = Character(scalar)
        column += 1
      }
    }
  }

  private mutating func obey(_ parameters: String, _ kind: Unicode.Scalar) {
    switch (parameters, kind) {
    case (_, "A"): row = max(0, row - (Int(parameters) ?? 1))
    case ("", "K"): rows[row].removeLast(max(0, rows[row].count - column))
    case ("", "J"):
      rows[row].removeLast(max(0, rows[row].count - column))
      rows.removeLast(rows.count - row - 1)
    case (_, "M"):
      for _ in 0..<(Int(parameters) ?? 1) {
        rows.remove(at: row)
        if row == rows.count { rows.append([]) }
      }
    case ("?25", "l"): isCursorHidden = true
    case ("?25", "h"): isCursorHidden = false
    case ("?7", _): wraps = kind == "h"
    case (_, "m"): break
    default: unknown.append(parameters + String(kind))
    }
  }

  var text: [String] { rows.map { String($0) } }
}

@Suite("The board on the screen")
struct BoardScreenTests {
  private let size = TerminalSize(columns: 40, rows: 10)

  @Test("any sequence of boards and texts shows the texts and the last board", arguments: 0..<20)
  func sequences(seed: UInt64) {
    var random = SystemRandomNumberGenerator()
    var model = ScreenModel()
    var screen = BoardScreen()
    var printed: [String] = []
    for _ in 0..<50 {
      let board = (0..<Int.random(in: 1...6, using: &random)).map { _ -> VisibleText in
        "\("line \(Int.random(in: 0..<3, using: &random))", .red)"
      }
      if Bool.random(using: &random) {
        model.write(screen.erase(on: size))
        printed.append("text \(printed.count)")
        model.write("text \(printed.count - 1)\r\n")
      }
      model.write(
        screen.draw(
          board, on: size, usesColor: Bool.random(using: &random),
          isComplete: Bool.random(using: &random)))
      #expect(model.text == printed + board.map(\.text) + [""])
      #expect(model.row == model.rows.count - 1 && model.column == 0)
      #expect(model.isCursorHidden && model.wraps)
    }
    model.write(screen.erase(on: size) + BoardScreen.showCursor)
    #expect(model.text == printed + [""])
    #expect(!model.isCursorHidden)
    #expect(model.unknown == [])
  }

  @Test("writes only lines that changed, and nothing if none did")
  func onlyChanges() {
    var screen = BoardScreen()
    func draw(_ lines: [String], isComplete: Bool = false) -> String {
      screen.draw(
        lines.map { VisibleText($0) }, on: size, usesColor: false, isComplete: isComplete)
    }
    #expect(draw(["a", "b", "c"]).contains("a\u{1B}[K\r\nb\u{1B}[K\r\nc\u{1B}[K\r\n"))
    #expect(draw(["a", "b", "c"]) == "")
    let changed = draw(["a", "B", "c"])
    #expect(changed.contains("\r\u{1B}[2AB\u{1B}[K\r\n\r\n"), "\(changed)")
    #expect(draw(["a", "B", "c"], isComplete: true).contains("a\u{1B}[K"))
    #expect(draw(["a", "B"]).contains("\r\u{1B}[1A\u{1B}[J"))
    #expect(draw(["a", "B", "c"]).contains("\rc\u{1B}[K\r\n"))
  }

  @Test("in a narrower window removes the rows into which the lines were wrapped")
  func resized() {
    var screen = BoardScreen()
    let board = [VisibleText(String(repeating: "x", count: 30)), "short", "日本語日本語日本語"]
    _ = screen.draw(board, on: size, usesColor: false)
    let text = screen.draw(
      ["new"], on: TerminalSize(columns: 10, rows: 10), usesColor: false)
    // 3 rows, 1 row, and 18 columns in 2 rows.
    #expect(
      text.contains("\r\u{1B}[6A\u{1B}[6M\u{1B}[K\rnew\u{1B}[K\r\n"), "\(text.debugDescription)")
  }
}

@Suite("The width of text")
struct TextWidthTests {
  @Test(
    "is that of terminals",
    arguments: [
      ("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("🎈", 2), ("👩‍👩‍👧‍👦", 2), ("✅", 2),
      ("❤️", 2), ("✓▶✗–·", 5), ("━", 1), ("⌛", 2), ("한글", 4), ("Ａ", 2), ("1️⃣", 2), ("🇩🇪", 2), ("", 0),
    ])
  func width(text: String, columns: Int) {
    #expect(Terminal.columns(of: text) == columns)
  }
}

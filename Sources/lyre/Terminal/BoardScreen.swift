/// The board that a terminal shows, and the text that changes it: a value without I/O.
///
/// The cursor is hidden, and rests at the beginning of the line below the board: what else gets onto
/// the terminal, such as the `^C` of a key, does not disturb it.
struct BoardScreen {
  /// The lines as they were written.
  private var lines: [(text: String, columns: Int)] = []
  private var size = TerminalSize(columns: 0, rows: 0)

  /// Whether a board is shown.
  var isShown: Bool { !lines.isEmpty }

  /// Returns the text that shows a board in place of the current one.
  ///
  /// - Parameters:
  ///   - board: its lines, none wider than the terminal.
  ///   - size: the terminal's size.
  ///   - usesColor: whether to use colours.
  ///   - isComplete: whether to write all lines, as after something else may have been written
  ///     over them.
  mutating func draw(
    _ board: [VisibleText], on size: TerminalSize, usesColor: Bool, isComplete: Bool = false
  ) -> String {
    let new = board.map { (text: $0.rendered(withColor: usesColor), columns: $0.columns) }
    var text = ""
    if isShown, size != self.size {
      text = moved(to: size.columns)
      lines = []
    }
    self.size = size
    let first = isComplete ? 0 : zip(new, lines).prefix { $0.text == $1.text }.count
    guard !text.isEmpty || first < new.count || new.count != lines.count else { return "" }
    text += BoardScreen.up(lines.count - first)
    for (place, line) in new.enumerated().dropFirst(first) {
      let isSame = !isComplete && lines.indices.contains(place) && lines[place].text == line.text
      text += isSame ? "\r\n" : line.text + "\u{1B}[K\r\n"
    }
    lines = new
    // Without line breaks where the terminal's idea of a character's width is another one.
    return "\u{1B}[?25l\u{1B}[?7l\(text)\u{1B}[J\u{1B}[?7h"
  }

  /// Returns the text that removes the board; the cursor is where the board began.
  mutating func erase(on size: TerminalSize) -> String {
    guard isShown else { return "" }
    defer { lines = [] }
    return moved(to: size.columns)
  }

  /// Makes the cursor visible, after ``draw(_:on:usesColor:isComplete:)`` has hidden it.
  static let showCursor = "\u{1B}[?25h"

  /// Begins a frame that the terminal shows at once, if it can (synchronized output).
  static let begin = "\u{1B}[?2026h"

  /// Ends a frame.
  static let end = "\u{1B}[?2026l"

  /// Removes the board from a terminal that may have been resized: narrower terminals wrap lines.
  private func moved(to columns: Int) -> String {
    let rows = lines.reduce(0) { rows, line in
      rows + max(1, (line.columns + max(columns, 1) - 1) / max(columns, 1))
    }
    // Erasing a whole window would copy the board into the terminal's history.
    return BoardScreen.up(rows) + "\u{1B}[\(rows)M\u{1B}[K"
  }

  private static func up(_ rows: Int) -> String { rows > 0 ? "\r\u{1B}[\(rows)A" : "\r" }
}

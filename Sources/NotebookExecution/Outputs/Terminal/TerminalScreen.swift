/// The last rows of a stream, those that can still change, and the cursor.
///
/// The text above them is final and stands in the caller's bytes; rows that get out of reach are
/// moved there.
struct TerminalScreen: Sendable {
  let limits: TerminalLimits
  /// Whether there are rows; else all text is in the caller's bytes, and the cursor behind it.
  var isOpen = false
  var rows: [TerminalRow] = []
  /// The row of the cursor; it may be one that does not exist yet.
  var row = 0
  var column = 0
  var style = TerminalStyle()
  var texts = TerminalTexts()
  /// The first row of the screen, and the first one that can be reached; both only move down.
  var top = 0
  var reach = 0
  var saved: (row: Int, column: Int, style: TerminalStyle)?
  var lastScalar: Unicode.Scalar?
  /// Whether a sequence was abandoned just now, which text that does not follow it must not finish.
  var endsUnfinished = false
  /// The style in effect behind the final bytes, as far as those are known.
  var finalStyle = TerminalStyle()
  /// How many of the final bytes are known.
  var knownBytes = 0

  init(limits: TerminalLimits) {
    self.limits = limits
  }

  // MARK: The cursor

  /// Whether the cursor is in the last row.
  var isInLastRow: Bool { row == rows.count - 1 }

  /// Whether the cursor is behind the text of the last row.
  var isAtEnd: Bool { mutating get { isInLastRow && column == rows[row].columns() } }

  /// Whether what comes now stands behind the text as it came.
  var isAtEndOfText: Bool { mutating get { isAtEnd && !rows[row].isRewritten } }

  /// The cursor is about to move, or what is there to change.
  mutating func leave() {
    if endsUnfinished { rows[row].rewrite(&texts) }
    endsUnfinished = false
  }

  /// Makes the row of the cursor exist.
  mutating func extend(_ bytes: inout [UInt8]) {
    while row >= rows.count {
      rows.append(TerminalRow(style: style))
      settle(into: &bytes)
    }
  }

  /// Goes to the next line.
  mutating func newline(_ bytes: inout [UInt8], afterReturn: Bool = false) {
    lineDown(&bytes, afterReturn: afterReturn)
    column = 0
  }

  /// Goes one row down, to a new one at the end.
  mutating func lineDown(_ bytes: inout [UInt8], afterReturn: Bool = false) {
    endsUnfinished = false
    extend(&bytes)
    if isInLastRow {
      rows[row].endsWithReturn = afterReturn
      rows.append(TerminalRow(style: style))
      row += 1
      settle(into: &bytes)
    } else {
      row += 1
    }
  }

  mutating func carriageReturn() {
    leave()
    column = 0
    renew()
  }

  mutating func backspace() {
    leave()
    column = max(0, column - 1)
    renew()
  }

  /// Makes a row anew that has nothing in it any more, so that text in it stays as it comes.
  mutating func renew() {
    guard column == 0, isInLastRow, rows[row].isErased else { return }
    rows[row] = TerminalRow(style: style, isErased: true)
  }

  // MARK: Sequences that change no cells

  /// Takes a sequence that changes at most how text looks.
  mutating func pass(_ sequence: UnsafeRawBufferPointer, _ command: TerminalCommand) {
    let before = style
    style.take(sequence, command, &texts)
    endsUnfinished = false
    if row < rows.count, isAtEndOfText {
      rows[row].append(sequence: sequence, from: before, to: style, texts)
    }
  }

  /// Takes the part of a sequence that was abandoned.
  mutating func abandon(_ sequence: UnsafeRawBufferPointer) {
    pass(sequence, .none)
    endsUnfinished = row < rows.count && isAtEndOfText
  }
}

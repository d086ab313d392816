/// The last rows of a stream, which can still change, and the cursor.
///
/// The text above them is final and stored in the caller's bytes; rows that the cursor can no
/// longer reach are moved there.
struct TerminalScreen: Sendable {
  let limits: TerminalLimits
  /// Whether there are rows; if not, all text is in the caller's bytes and the cursor is after it.
  var isOpen = false
  var rows: [TerminalRow] = []
  /// The row of the cursor; it may not exist yet.
  var row = 0
  var column = 0
  var style = TerminalStyle()
  var texts = TerminalTexts()
  /// The first row of the screen, and the first reachable one; both only move down.
  var top = 0
  var reach = 0
  var saved: (row: Int, column: Int, style: TerminalStyle)?
  var lastScalar: Unicode.Scalar?
  /// Whether a sequence has just been abandoned, so that text from elsewhere must not complete it.
  var endsUnfinished = false
  /// The style in effect after the known part of the final bytes.
  var finalStyle = TerminalStyle()
  /// The number of final bytes that are known.
  var knownBytes = 0

  init(limits: TerminalLimits) {
    self.limits = limits
  }

  // MARK: The cursor

  /// Whether the cursor is in the last row.
  var isInLastRow: Bool { row == rows.count - 1 }

  /// Whether the cursor is after the text of the last row.
  var isAtEnd: Bool { mutating get { isInLastRow && column == rows[row].columns() } }

  /// Whether new text follows the original text.
  var isAtEndOfText: Bool { mutating get { isAtEnd && !rows[row].isRewritten } }

  /// Called before the cursor moves or the content at the cursor changes.
  mutating func leave() {
    if endsUnfinished { rows[row].rewrite(&texts) }
    endsUnfinished = false
  }

  /// Adds the row of the cursor if it does not exist.
  mutating func extend(_ bytes: inout [UInt8]) {
    while row >= rows.count {
      rows.append(TerminalRow(style: style))
      settle(into: &bytes)
    }
  }

  /// Moves to the next line.
  mutating func newline(_ bytes: inout [UInt8], afterReturn: Bool = false) {
    lineDown(&bytes, afterReturn: afterReturn)
    column = 0
  }

  /// Moves one row down, adding a row at the end.
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

  /// Replaces an empty row by a new one, so that new text in it is stored as it arrives.
  mutating func renew() {
    guard column == 0, isInLastRow, rows[row].isErased else { return }
    rows[row] = TerminalRow(style: style, isErased: true)
  }

  // MARK: Sequences that change no cells

  /// Processes a sequence that changes at most the style of text.
  mutating func pass(_ sequence: UnsafeRawBufferPointer, _ command: TerminalCommand) {
    let before = style
    style.take(sequence, command, &texts)
    endsUnfinished = false
    if row < rows.count, isAtEndOfText {
      rows[row].append(sequence: sequence, from: before, to: style, texts)
    }
  }

  /// Processes the part of an abandoned sequence.
  mutating func abandon(_ sequence: UnsafeRawBufferPointer) {
    pass(sequence, .none)
    endsUnfinished = row < rows.count && isAtEndOfText
  }
}

/// The last rows of a stream, those that can still change, and the cursor.
///
/// The text above them is final and stands in the caller's bytes; rows that get out of reach are
/// moved there.
struct TerminalScreen: Sendable {
  let limits: TerminalLimits
  /// Whether there are rows; else all text is in the caller's bytes, and the cursor behind it.
  private(set) var isOpen = false
  var rows: [TerminalRow] = []
  /// The row of the cursor; it may be one that does not exist yet.
  var row = 0
  var column = 0
  var style = TerminalStyle()
  var texts = TerminalTexts()
  /// The first row of the screen, and the first one that can be reached; both only move down.
  var top = 0
  private(set) var reach = 0
  var saved: (row: Int, column: Int, style: TerminalStyle)?
  var lastScalar: Unicode.Scalar?
  /// Whether a sequence was abandoned just now, which text that does not follow it must not finish.
  private var endsUnfinished = false
  /// The style in effect behind the final bytes, as far as those are known.
  private var finalStyle = TerminalStyle()
  /// How many of the final bytes are known.
  private var knownBytes = 0

  init(limits: TerminalLimits) {
    self.limits = limits
  }

  // MARK: Rows and final bytes

  /// Opens one empty row behind `bytes`, and takes the last lines off them.
  ///
  /// - Returns: those lines, which are to be put into the row.
  mutating func open(_ bytes: inout [UInt8]) -> [UInt8] {
    var start = bytes.count
    var lines = 0
    while start > knownBytes {
      if bytes[start - 1] == 0x0A {
        lines += 1
        if lines == limits.reach { break }
      }
      start -= 1
    }
    let last = Array(bytes[start...])
    bytes.removeSubrange(start...)
    bytes.withUnsafeBytes { learn($0) }
    (row, column, top, reach) = (0, 0, 0, 0)
    style = finalStyle
    rows = [TerminalRow(style: style)]
    isOpen = true
    return last
  }

  private mutating func learn(_ bytes: UnsafeRawBufferPointer) {
    var index = knownBytes
    while case let escape = ControlScan.nextEscape(in: bytes, from: index), escape < bytes.count {
      let (length, ending) = ControlSequence.measure(bytes, at: escape)
      if ending == .complete {
        let sequence = UnsafeRawBufferPointer(rebasing: bytes[escape..<escape + length])
        finalStyle.take(sequence, TerminalCommand(sequence), &texts)
      }
      index = escape + length
    }
    knownBytes = bytes.count
  }

  /// Moves all rows to the final bytes: the cursor is behind them, and more lines follow than can be
  /// reached.
  mutating func close(into bytes: inout [UInt8]) {
    write(rows[...], to: &bytes, &finalStyle)
    style.write(from: finalStyle, texts, to: &bytes)
    finalStyle = style
    knownBytes = bytes.count
    rows = []
    saved?.row = Int.min / 2
    isOpen = false
  }

  /// Moves rows that are out of reach to the final bytes, when there are many.
  mutating func settle(into bytes: inout [UInt8]) {
    top = max(top, rows.count - Int(limits.screen))
    reach = max(reach, rows.count - Int(limits.reach))
    row = max(row, reach)
    guard reach >= 64 else { return }
    let count = min(reach, rows.count)
    write(rows[..<count], to: &bytes, &finalStyle)
    if count < rows.count { endLine(of: rows[count - 1], before: rows[count], in: &bytes) }
    knownBytes = bytes.count
    rows.removeFirst(count)
    row -= count
    top -= count
    reach -= count
    saved?.row -= count
    if texts.isCrowded { removeUnusedTexts() }
  }

  private mutating func removeUnusedTexts() {
    var used: Set<UInt32> = [style.link, finalStyle.link, saved?.style.link ?? 0]
    for row in rows { row.addUsed(to: &used) }
    texts.keep(used)
  }

  /// Writes the rows as text.
  func write(to bytes: inout [UInt8]) {
    // Rows below the cursor that were erased are no lines: the terminal shows nothing there.
    var end = rows.count
    while end - 1 > row, rows[end - 1].isErased { end -= 1 }
    var style = finalStyle
    write(rows[..<end], to: &bytes, &style)
  }

  private func write(
    _ rows: ArraySlice<TerminalRow>, to bytes: inout [UInt8], _ style: inout TerminalStyle
  ) {
    for index in rows.indices {
      if index > rows.startIndex {
        endLine(of: rows[index - 1], before: rows[index], in: &bytes)
      }
      rows[index].write(to: &bytes, &style, texts)
    }
  }

  private func endLine(
    of row: TerminalRow, before next: TerminalRow, in bytes: inout [UInt8]
  ) {
    // A full row goes on in the next one, unless one of them was emptied since.
    let isFull = !row.isRewritten || row.cells.count + 1 >= limits.columns
    if row.isWrapped, isFull, !next.isErased { return }
    if row.endsWithReturn { bytes.append(0x0D) }
    bytes.append(0x0A)
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

  // MARK: Text

  /// Puts text at the cursor; it has no escapes, carriage returns and backspaces.
  mutating func put(_ text: UnsafeRawBufferPointer, _ bytes: inout [UInt8]) {
    var index = 0
    while index < text.count {
      if text[index] == 0x0A {
        newline(&bytes)
        index += 1
        continue
      }
      let end = text[index...].firstIndex(of: 0x0A) ?? text.count
      putLine(UnsafeRawBufferPointer(rebasing: text[index..<end]), &bytes)
      index = end
    }
  }

  private mutating func putLine(_ text: UnsafeRawBufferPointer, _ bytes: inout [UInt8]) {
    endsUnfinished = false
    extend(&bytes)
    var rest = text
    while !rest.isEmpty {
      let length = isAtEndOfText ? append(rest) : overwrite(rest)
      rest = UnsafeRawBufferPointer(rebasing: rest[length...])
      if !rest.isEmpty { wrap(&bytes) }
    }
  }

  /// The row is full: the text goes on in the next one.
  private mutating func wrap(_ bytes: inout [UInt8]) {
    if isInLastRow {
      rows.append(TerminalRow(style: style))
      rows[row].isWrapped = true
    }
    row += 1
    column = 0
    settle(into: &bytes)
  }

  /// Appends as much of the text as goes into the row.
  private mutating func append(_ text: UnsafeRawBufferPointer) -> Int {
    let start = column
    var index = 0
    while index < text.count {
      let before = index
      let byte = text[index]
      if byte >= 0x20, byte < 0x7F {
        index += 1
        column += 1
        lastScalar = Unicode.Scalar(byte)
      } else {
        let token = TerminalToken(text, &index)
        if case .scalar(let scalar) = token { lastScalar = scalar }
        column = TerminalRow.column(behind: token, at: column)
      }
      if column > limits.columns, before > 0 || start > 0 {
        index = before
        break
      }
    }
    let piece = UnsafeRawBufferPointer(rebasing: text[..<index])
    if index < text.count { column = Int(limits.columns) }
    rows[row].append(piece, columns: column - start, style: style, texts)
    return index
  }

  /// Writes as much of the text over the row as goes into it.
  private mutating func overwrite(_ text: UnsafeRawBufferPointer) -> Int {
    rows[row].rewrite(&texts)
    var index = 0
    while index < text.count {
      let run = ControlScan.asciiRun(text, from: index)
      let count = min(run - index, max(0, Int(limits.columns) - column))
      if count > 0 {
        let piece = UnsafeRawBufferPointer(rebasing: text[index..<index + count])
        rows[row].put(ascii: piece, at: column, style)
        lastScalar = Unicode.Scalar(piece[count - 1])
        index += count
        column += count
        continue
      }
      let before = index
      switch TerminalToken(text, &index) {
      case .scalar(let scalar):
        let width = CharacterWidth.columns(of: scalar)
        if column + width > limits.columns, column > 0 { return before }
        column += rows[row].put(scalar, at: column, style, &texts)
        lastScalar = scalar
      case .tab: tab()
      case .sequence, .control: break
      }
    }
    return index
  }

  private mutating func tab() {
    let next = column / 8 * 8 + 8
    if next < limits.columns {
      if column == rows[row].cells.count { rows[row].putTab() }
      column = next
    } else {
      column = max(column, Int(limits.columns) - 1)
    }
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

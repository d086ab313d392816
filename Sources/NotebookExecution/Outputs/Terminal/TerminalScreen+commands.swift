extension TerminalScreen {
  /// Executes the command of a sequence.
  mutating func execute(
    _ command: TerminalCommand, _ sequence: UnsafeRawBufferPointer, _ bytes: inout [UInt8]
  ) {
    if command.changesNothing { return pass(sequence, command) }
    if command.needsTextToTheRight, row >= rows.count || isAtEnd { return pass(sequence, .none) }
    switch command {
    case .save:
      saved = (row, column, style)
      pass(sequence, .none)
      return
    case .eraseLine, .eraseDisplay:
      // A command without effect stays in the text, like everything that a terminal ignores.
      if !erase(command) {
        // In text form the previous row would not have ended where this one begins.
        return row > 0 && row <= rows.count && rows[row - 1].isWrapped
          ? leave() : pass(sequence, .none)
      }
      leave()
      if row < rows.count { renew() }
    default:
      leave()
      if !change(command, &bytes) { move(command, &bytes) }
      if row < rows.count { renew() }
    }
  }

  private mutating func move(_ command: TerminalCommand, _ bytes: inout [UInt8]) {
    switch command {
    case .up(let count): row = max(row - count, reach)
    case .down(let count): moveDown(count)
    case .left(let count): column = max(column - count, 0)
    case .right(let count): column = min(column + count, max(column, lastColumn))
    case .lineUp(let count): (row, column) = (max(row - count, reach), 0)
    case .lineDown(let count):
      moveDown(count)
      column = 0
    case .column(let place): column = min(place, lastColumn)
    case .row(let place): moveTo(row: place)
    case .position(let row, let column):
      moveTo(row: row)
      self.column = min(column, lastColumn)
    case .tab(let count): column = min((column / 8 + count) * 8, max(column, lastColumn))
    case .backTab(let count): column = max(((column + 7) / 8 - count) * 8, 0)
    case .index: lineDown(&bytes)
    case .nextLine: newline(&bytes)
    case .reverseIndex: row = max(row - 1, reach)
    case .restore:
      guard let saved else { return }
      (row, column, style) = (max(saved.row, reach), saved.column, saved.style)
    default: break
    }
  }

  /// The last column of the screen, or the end of a longer row.
  private var lastColumn: Int {
    mutating get {
      max(Int(limits.width) - 1, row < rows.count ? rows[row].columns() : 0)
    }
  }

  private mutating func moveDown(_ count: Int) {
    row = min(row + count, max(row, top + Int(limits.screen) - 1))
  }

  private mutating func moveTo(row place: Int) {
    row = max(top + min(place, Int(limits.screen) - 1), reach)
  }

  private mutating func change(_ command: TerminalCommand, _ bytes: inout [UInt8]) -> Bool {
    switch command {
    case .eraseCharacters(let count): rows[row].erase(column..<column + count, &texts)
    case .deleteCharacters(let count): rows[row].delete(count, at: column, &texts)
    case .insertCharacters(let count):
      rows[row].insert(min(count, Int(limits.width)), at: column, &texts)
    case .insertLines(let count):
      column = 0
      guard row < rows.count else { return true }
      let new = repeatElement(TerminalRow.erased, count: min(count, Int(limits.screen)))
      rows.insert(contentsOf: new, at: row)
      if row > 0 { rows[row - 1].isWrapped = false }
      settle(into: &bytes)
    case .deleteLines(let count):
      column = 0
      guard row < rows.count else { return true }
      rows.removeSubrange(row..<min(row + count, rows.count))
      if rows.isEmpty { rows = [.erased] }
      if row > 0 { rows[row - 1].isWrapped = false }
      endText()
    case .scrollUp(let count):
      let count = min(count, Int(limits.screen))
      top += count
      row += count
    case .repeatLast(let count):
      guard let lastScalar else { return true }
      let text = String(repeating: String(lastScalar), count: min(count, Int(limits.width)))
      Array(text.utf8).withUnsafeBytes { put($0, &bytes) }
    case .reset:
      _ = erase(.eraseDisplay(2))
      (row, column, style, saved) = (max(top, reach), 0, TerminalStyle(), nil)
    default: return false
    }
    return true
  }

  /// Marks the last row as not ending a line.
  private mutating func endText() {
    rows[rows.count - 1].isWrapped = false
    rows[rows.count - 1].endsWithReturn = false
  }

  /// Erases a part of the screen.
  ///
  /// - Returns: whether it had any content.
  private mutating func erase(_ command: TerminalCommand) -> Bool {
    switch command {
    case .eraseLine(0): return eraseInRow(column..<Int.max)
    case .eraseLine(1): return eraseInRow(0..<column + 1)
    case .eraseLine(2): return eraseInRow(0..<Int.max)
    case .eraseDisplay(0):
      let isInRow = eraseInRow(column..<Int.max)
      return eraseBelow() || isInRow
    case .eraseDisplay(1):
      _ = eraseInRow(0..<column + 1)
      eraseRows(to: row)
      return true
    case .eraseDisplay(2):
      _ = eraseBelow()
      eraseRows(to: rows.count)
      return true
    default: return false
    }
  }

  private mutating func eraseInRow(_ range: Range<Int>) -> Bool {
    row < rows.count && rows[row].erase(range, &texts)
  }

  /// Removes the rows below the cursor: a terminal displays no difference to empty rows.
  private mutating func eraseBelow() -> Bool {
    let first = max(row + 1, top)
    guard first < rows.count, first > 0 else { return false }
    rows.removeSubrange(first...)
    endText()
    return true
  }

  /// Erases the rows of the screen up to one.
  private mutating func eraseRows(to end: Int) {
    let first = max(top, reach)
    for place in first..<max(first, min(end, rows.count)) { rows[place] = .erased }
  }
}

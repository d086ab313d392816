extension TerminalScreen {
  /// Writes text without escapes, carriage returns and backspaces at the cursor.
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

  /// Continues the text in the next row when this one is full.
  private mutating func wrap(_ bytes: inout [UInt8]) {
    if isInLastRow {
      rows.append(TerminalRow(style: style))
      rows[row].isWrapped = true
    }
    row += 1
    column = 0
    settle(into: &bytes)
  }

  /// Appends as much of the text as fits into the row.
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

  /// Overwrites the row with as much of the text as fits.
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
}

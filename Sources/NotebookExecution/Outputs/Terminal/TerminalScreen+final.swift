// The final text above the rows, which is stored in the caller's bytes.

extension TerminalScreen {
  /// Opens one empty row after `bytes`, and removes the last lines from them.
  ///
  /// - Returns: those lines, to be put into the row.
  mutating func open(_ bytes: inout [UInt8]) -> [UInt8] {
    let start = bytes.withUnsafeBytes { startOfReach(in: $0) }
    let last = Array(bytes[start...])
    bytes.removeSubrange(start...)
    bytes.withUnsafeBytes { learn($0) }
    (row, column, top, reach) = (0, 0, 0, 0)
    style = finalStyle
    rows = [TerminalRow(style: style)]
    isOpen = true
    return last
  }

  /// The start of the last lines that the cursor can reach.
  private func startOfReach(in bytes: UnsafeRawBufferPointer) -> Int {
    var start = bytes.count
    for _ in 0..<limits.reach {
      guard let end = ControlScan.lastLineFeed(in: bytes, knownBytes..<start) else {
        return knownBytes
      }
      start = end
    }
    return start + 1
  }

  /// How many of the caller's bytes are complete lines that can no longer change.
  func endOfFinalLines(in bytes: UnsafeRawBufferPointer) -> Int {
    let end = isOpen ? bytes.count : startOfReach(in: bytes)
    return ControlScan.lastLineFeed(in: bytes, 0..<end).map { $0 + 1 } ?? 0
  }

  /// Adjusts to the removal of the caller's first bytes.
  mutating func forget(_ bytes: UnsafeRawBufferPointer) {
    if knownBytes < bytes.count { learn(bytes) }
    knownBytes -= bytes.count
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

  /// Moves all rows to the final bytes, when the cursor is after them and more lines follow than it
  /// can reach.
  mutating func close(into bytes: inout [UInt8]) {
    write(rows[...], to: &bytes, &finalStyle)
    style.write(from: finalStyle, texts, to: &bytes)
    finalStyle = style
    knownBytes = bytes.count
    rows = []
    saved?.row = Int.min / 2
    isOpen = false
  }

  /// Moves rows that the cursor cannot reach to the final bytes, if there are many.
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
    // Erased rows below the cursor are not lines: a terminal displays nothing there.
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
    // A full row continues in the next one, unless one of them has been erased.
    let isFull = !row.isRewritten || row.cells.count + 1 >= limits.columns
    if row.isWrapped, isFull, !next.isErased { return }
    if row.endsWithReturn { bytes.append(0x0D) }
    bytes.append(0x0A)
  }
}

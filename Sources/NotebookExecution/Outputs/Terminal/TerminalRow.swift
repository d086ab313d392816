/// One row of a terminal: stored as the original text until part of it is overwritten, then as
/// cells.
struct TerminalRow: Sendable {
  /// The original text without a line ending; empty once there are cells.
  private(set) var raw: [UInt8] = []
  private(set) var cells: [TerminalCell] = []
  /// Whether the row is stored as cells.
  private(set) var isRewritten = false
  /// The style in effect at the start of the text, and at its end.
  private(set) var start: TerminalStyle
  private(set) var end: TerminalStyle
  /// The columns of the text; nil until requested.
  private var knownColumns: Int?
  /// Whether its line ended with `\r\n`.
  var endsWithReturn = false
  /// Whether it was full and continues in the next row, without a line ending.
  var isWrapped = false

  /// An erased row.
  static let erased: TerminalRow = {
    var row = TerminalRow(style: TerminalStyle())
    row.isRewritten = true
    return row
  }()

  /// Whether it was erased; text may have been added since.
  private var wasErased = false

  /// An empty row.
  init(style: TerminalStyle, isErased: Bool = false) {
    (start, end, wasErased) = (style, style, isErased)
    knownColumns = 0
  }

  /// Whether it was erased and nothing has been added since.
  var isErased: Bool { isRewritten ? cells.isEmpty : wasErased && knownColumns == 0 }

  // MARK: As text

  /// Appends text with a known number of columns.
  mutating func append(
    _ text: UnsafeRawBufferPointer, columns: Int, style: TerminalStyle, _ texts: TerminalTexts
  ) {
    if style != end {
      style.write(from: end, texts, to: &raw)
      end = style
    }
    raw.append(contentsOf: text)
    knownColumns = knownColumns.map { $0 + columns }
  }

  /// Appends a sequence that changes the style to `next`.
  mutating func append(
    sequence: UnsafeRawBufferPointer, from style: TerminalStyle, to next: TerminalStyle,
    _ texts: TerminalTexts
  ) {
    append(sequence, columns: 0, style: style, texts)
    end = next
  }

  /// The number of columns of its text.
  mutating func columns() -> Int {
    if isRewritten { return cells.count }
    if let knownColumns { return knownColumns }
    var columns = 0
    raw.withUnsafeBytes { text in
      var index = 0
      while index < text.count {
        columns = TerminalRow.column(behind: TerminalToken(text, &index), at: columns)
      }
    }
    knownColumns = columns
    return columns
  }

  /// The column after a token that is appended.
  static func column(behind token: TerminalToken, at column: Int) -> Int {
    switch token {
    case .scalar(let scalar): column + CharacterWidth.columns(of: scalar)
    case .tab: column / 8 * 8 + 8
    case .sequence, .control: column
    }
  }

  // MARK: As cells

  /// Converts the text to cells, so that they can be changed.
  mutating func rewrite(_ texts: inout TerminalTexts) {
    guard !isRewritten else { return }
    let text = raw
    raw = []
    isRewritten = true
    cells.reserveCapacity(text.count)
    var style = start
    text.withUnsafeBytes { text in
      var index = 0
      while index < text.count {
        switch TerminalToken(text, &index) {
        case .scalar(let scalar): put(scalar, at: cells.count, style, &texts)
        case .tab: putTab()
        case .sequence(let range, .complete):
          let sequence = UnsafeRawBufferPointer(rebasing: text[range])
          style.take(sequence, TerminalCommand(sequence), &texts)
        case .sequence, .control: break
        }
      }
    }
  }

  /// Puts a character into a column, or a combining mark onto the character to its left.
  ///
  /// - Returns: the number of columns of the character.
  @discardableResult
  mutating func put(
    _ scalar: Unicode.Scalar, at column: Int, _ style: TerminalStyle, _ texts: inout TerminalTexts
  ) -> Int {
    let width = CharacterWidth.columns(of: scalar)
    if width == 0, addMark(scalar, before: column, &texts) { return 0 }
    fill(to: column)
    put(TerminalCell(glyph: scalar.value, style: style), at: column)
    if width == 2 {
      put(TerminalCell(glyph: TerminalCell.rightHalf, style: style), at: column + 1)
    }
    return max(width, 1)
  }

  /// Writes a cell with a one-column character; the other halves of covered characters are erased.
  mutating func put(_ cell: TerminalCell, at column: Int) {
    if column == cells.count {
      cells.append(cell)
    } else {
      breakApart(column)
      breakApart(column + 1)
      cells[column] = cell
    }
  }

  /// Writes visible ASCII characters into columns.
  mutating func put(
    ascii text: UnsafeRawBufferPointer, at column: Int, _ style: TerminalStyle
  ) {
    fill(to: column)
    let end = min(column + text.count, cells.count)
    let covered = cells[column..<min(end + 1, cells.count)]
    if covered.contains(where: { $0.isPartial }) {
      for (offset, byte) in text.enumerated() {
        put(TerminalCell(glyph: UInt32(byte), style: style), at: column + offset)
      }
      return
    }
    for place in column..<end {
      cells[place] = TerminalCell(glyph: UInt32(text[place - column]), style: style)
    }
    for byte in text[(end - column)...] {
      cells.append(TerminalCell(glyph: UInt32(byte), style: style))
    }
  }

  /// Adds a tab after all cells.
  mutating func putTab() {
    cells.append(TerminalCell(glyph: TerminalCell.tab, style: TerminalStyle()))
    while cells.count % 8 != 0 {
      cells.append(TerminalCell(glyph: TerminalCell.tabRest, style: TerminalStyle()))
    }
  }

  private mutating func addMark(
    _ mark: Unicode.Scalar, before column: Int, _ texts: inout TerminalTexts
  ) -> Bool {
    guard column > 0, column <= cells.count else { return false }
    var place = column - 1
    if cells[place].glyph == TerminalCell.rightHalf, place > 0 { place -= 1 }
    let glyph = cells[place].glyph
    guard !cells[place].isSpecial else { return false }
    var text = texts.bytes(of: glyph)
    // Limits the marks on a character, because their cost is quadratic; no script needs as many.
    guard text.count < 128 else { return false }
    text += String(mark).utf8
    cells[place].glyph = TerminalCell.firstText | texts.number(of: text)
    return true
  }

  private mutating func fill(to column: Int) {
    while cells.count < column { cells.append(.empty) }
  }

  /// Erases a character that would be split at a column.
  private mutating func breakApart(_ column: Int) {
    guard column < cells.count else { return }
    switch cells[column].glyph {
    case TerminalCell.rightHalf:
      cells[column] = .empty
      if column > 0 { cells[column - 1] = .empty }
    case TerminalCell.tabRest:
      var first = column
      while first > 0, cells[first].glyph == TerminalCell.tabRest { first -= 1 }
      var place = first
      repeat {
        cells[place] = .empty
        place += 1
      } while place < cells.count && cells[place].glyph == TerminalCell.tabRest
    default: break
    }
  }

  /// Erases columns.
  ///
  /// - Returns: whether they had any content; if not, the row is unchanged.
  @discardableResult
  mutating func erase(_ range: Range<Int>, _ texts: inout TerminalTexts) -> Bool {
    let range = range.clamped(to: 0..<columns())
    guard !range.isEmpty else { return false }
    rewrite(&texts)
    breakApart(range.lowerBound)
    breakApart(range.upperBound)
    if range.upperBound >= cells.count {
      cells.removeSubrange(min(range.lowerBound, cells.count)...)
      while cells.last?.isEmpty == true { cells.removeLast() }
    } else {
      for column in range { cells[column] = .empty }
    }
    return true
  }

  /// Removes columns; the columns to the right move left.
  mutating func delete(_ count: Int, at column: Int, _ texts: inout TerminalTexts) {
    guard column < columns() else { return }
    rewrite(&texts)
    breakApart(column)
    breakApart(column + count)
    breakTabs(from: column)
    cells.removeSubrange(min(column, cells.count)..<min(column + count, cells.count))
    while cells.last?.isEmpty == true { cells.removeLast() }
  }

  /// Inserts empty columns; the columns to the right move right.
  mutating func insert(_ count: Int, at column: Int, _ texts: inout TerminalTexts) {
    guard column < columns() else { return }
    rewrite(&texts)
    breakApart(column)
    breakTabs(from: column)
    cells.insert(contentsOf: repeatElement(.empty, count: count), at: min(column, cells.count))
  }

  /// Replaces tabs that move to other columns, where they would have another length.
  private mutating func breakTabs(from column: Int) {
    for place in cells.indices.dropFirst(column)
    where cells[place].glyph == TerminalCell.tab || cells[place].glyph == TerminalCell.tabRest {
      cells[place] = .empty
    }
  }
}

extension TerminalRow {
  /// Writes the row as text, without a line ending.
  ///
  /// - Parameter style: the style in effect before the row; set to the style after it.
  func write(to bytes: inout [UInt8], _ style: inout TerminalStyle, _ texts: TerminalTexts) {
    if !isRewritten {
      guard !raw.isEmpty else { return }
      start.write(from: style, texts, to: &bytes)
      bytes += raw
      style = end
      return
    }
    var blanks = 0
    for cell in cells {
      switch cell.glyph {
      case 0: blanks += 1
      case TerminalCell.rightHalf, TerminalCell.tabRest: break
      default:
        if blanks > 0 {
          change(&style, to: TerminalStyle(), texts, &bytes)
          bytes.append(contentsOf: repeatElement(0x20, count: blanks))
          blanks = 0
        }
        // A tab is invisible, so its style does not matter.
        if cell.glyph != TerminalCell.tab, cell.style != style {
          change(&style, to: cell.style, texts, &bytes)
        }
        texts.write(cell.glyph, to: &bytes)
      }
    }
    change(&style, to: TerminalStyle(), texts, &bytes)
  }

  private func change(
    _ style: inout TerminalStyle, to next: TerminalStyle, _ texts: TerminalTexts,
    _ bytes: inout [UInt8]
  ) {
    guard style != next else { return }
    next.write(from: style, texts, to: &bytes)
    style = next
  }

  /// Adds the numbers of the texts in its cells.
  func addUsed(to used: inout Set<UInt32>) {
    used.formUnion([start.link, end.link])
    for cell in cells {
      if cell.glyph >= TerminalCell.firstText { used.insert(cell.glyph & 0x7FFF_FFFF) }
      if cell.style.link != 0 { used.insert(cell.style.link) }
    }
  }
}

extension TerminalStyle {
  /// Applies a sequence if it changes the style of text.
  mutating func take(
    _ sequence: UnsafeRawBufferPointer, _ command: TerminalCommand, _ texts: inout TerminalTexts
  ) {
    switch command {
    case .style: apply(sequence)
    case .link: link = texts.link(of: sequence)
    default: break
    }
  }
}

extension TerminalTexts {
  /// The bytes of a cell's character.
  func bytes(of glyph: UInt32) -> [UInt8] {
    var bytes: [UInt8] = []
    write(glyph, to: &bytes)
    return bytes
  }

  /// Writes a cell's character.
  func write(_ glyph: UInt32, to bytes: inout [UInt8]) {
    if glyph < 0x80 {
      bytes.append(UInt8(glyph))
    } else if glyph >= TerminalCell.firstText {
      bytes += self[glyph & 0x7FFF_FFFF]
    } else if let scalar = Unicode.Scalar(glyph) {
      bytes += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
    }
  }
}

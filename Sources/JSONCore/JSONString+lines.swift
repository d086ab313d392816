extension JSONString {
  /// Appends the lines of the text, with their line endings, as an array of strings.
  ///
  /// Lines end as for Python's `str.splitlines(True)`: at line feeds, carriage returns, vertical
  /// tabs, form feeds, three ASCII separators, NEL, and Unicode's line and paragraph separators.
  /// One pass over the bytes, because most kernel output is written by it.
  ///
  /// - Parameters:
  ///   - bytes: the bytes to append to.
  ///   - style: the style.
  ///   - level: the indentation level of the array.
  public func appendLines(to bytes: inout [UInt8], style: JSONStyle, level: Int) {
    withUTF8 { text in
      guard !text.isEmpty else { return bytes.append(contentsOf: "[]".utf8) }
      bytes.append(UInt8(ascii: "["))
      style.appendLines(of: UnsafeRawBufferPointer(text), isFirst: true, to: &bytes, level: level)
      style.appendLinesEnd(to: &bytes, level: level)
    }
  }
}

extension JSONStyle {
  /// Appends the lines of a text as elements of an array, without its brackets.
  ///
  /// - Parameters:
  ///   - text: UTF-8; the next text is assumed to begin a new line.
  ///   - isFirst: whether these are the first elements.
  ///   - bytes: the bytes to append to.
  ///   - level: the indentation level of the array.
  public func appendLines(
    of text: UnsafeRawBufferPointer, isFirst: Bool, to bytes: inout [UInt8], level: Int
  ) {
    var writer = LineWriter(text: text, style: self, level: level + 1, count: isFirst ? 0 : 1)
    bytes.reserve(forLong: text.count)
    writer.write(to: &bytes)
  }

  /// Appends the end of a non-empty array.
  public func appendLinesEnd(to bytes: inout [UInt8], level: Int) {
    JSONValue.endItems(&bytes, self, level)
    bytes.append(UInt8(ascii: "]"))
  }

  /// Appends a text escaped as in a string, without the quotes.
  public func appendEscaped(_ text: UnsafeRawBufferPointer, to bytes: inout [UInt8]) {
    bytes.reserve(forLong: text.count)
    JSONString.append(text, to: &bytes, escapesNonASCII: escapesNonASCII)
  }
}

/// Writes the lines of a text as consecutive strings.
private struct LineWriter {
  let text: UnsafeRawBufferPointer
  let style: JSONStyle
  let level: Int
  /// The number of elements.
  private var count: Int
  private var isOpen = false

  init(text: UnsafeRawBufferPointer, style: JSONStyle, level: Int, count: Int) {
    self.text = text
    self.style = style
    self.level = level
    self.count = count
  }

  mutating func write(to bytes: inout [UInt8]) {
    var index = 0
    while index < text.count {
      open(&bytes)
      var hasNonASCII = false
      let end = JSONText.endOfPlainRun(text, from: index, hasNonASCII: &hasNonASCII)
      if hasNonASCII {
        writeNonASCII(index..<end, to: &bytes)
      } else {
        bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[index..<end]))
      }
      guard end < text.count else { break }
      open(&bytes)
      index = end + 1
      JSONString.appendEscape(UInt16(text[end]), to: &bytes)
      if text[end] == 0x0D, index < text.count, text[index] == 0x0A {
        JSONString.appendEscape(0x0A, to: &bytes)
        index += 1
      }
      if LineWriter.endsLine(text[end]) { close(&bytes) }
    }
    close(&bytes)
  }

  /// Whether a control character ends a line.
  private static func endsLine(_ byte: UInt8) -> Bool {
    (0x0A...0x0D).contains(byte) || (0x1C...0x1E).contains(byte)
  }

  /// Writes a part without control characters, in which NEL or a separator may end lines.
  private mutating func writeNonASCII(_ range: Range<Int>, to bytes: inout [UInt8]) {
    var start = range.lowerBound
    var index = start
    while index < range.upperBound {
      let length = JSONText.lineEndLength(text, at: index, in: range)
      guard length > 0 else {
        index += 1
        continue
      }
      index += length
      open(&bytes)
      JSONString.appendNonASCII(text, start..<index, to: &bytes, escapes: style.escapesNonASCII)
      close(&bytes)
      start = index
    }
    guard start < index else { return }
    open(&bytes)
    JSONString.appendNonASCII(text, start..<index, to: &bytes, escapes: style.escapesNonASCII)
  }

  private mutating func open(_ bytes: inout [UInt8]) {
    guard !isOpen else { return }
    JSONValue.beginItem(count, &bytes, style, level)
    bytes.append(UInt8(ascii: "\""))
    count += 1
    isOpen = true
  }

  private mutating func close(_ bytes: inout [UInt8]) {
    guard isOpen else { return }
    bytes.append(UInt8(ascii: "\""))
    isOpen = false
  }
}

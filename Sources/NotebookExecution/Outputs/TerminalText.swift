import JSONCore

/// The text of a stream output, with carriage returns and backspaces applied as a terminal does.
///
/// Text without them is appended as it is. A carriage return goes to the beginning of the line and
/// what follows overwrites; `\r\n` stays as it is. An erase-to-end-of-line after a carriage return
/// is applied too. So a progress bar leaves its last state, as in JupyterLab.
struct TerminalText: Sendable {
  private var bytes: [UInt8] = []
  /// All there is, while that is one piece without controls: shared with the message that brought it.
  private var whole: String?
  /// Where the last line begins; nil when it is to be looked up, once, after text was added whole.
  private var knownLineStart: Int?
  /// Where the next character goes when that is not the end; always inside the last line.
  private var cursor: Int?
  /// A carriage return at the end of a piece: what it means depends on what follows.
  private var endsWithReturn = false

  /// The text so far.
  var text: JSONString {
    if let whole { return JSONString(whole) }
    return endsWithReturn ? JSONString(slice: bytes + [0x0D]) : withUTF8 { JSONString(slice: $0) }
  }

  /// The bytes so far, without a carriage return at their end; handed to `body` without a copy.
  func withUTF8<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    if var whole { return whole.withUTF8(body) }
    return bytes.withUnsafeBufferPointer(body)
  }

  /// How many bytes it has.
  var count: Int { whole?.utf8.count ?? bytes.count + (endsWithReturn ? 1 : 0) }

  /// Takes bytes away from the end, and what is left of a character that is cut apart.
  mutating func removeLast(bytes number: Int) {
    unpack()
    if endsWithReturn { bytes.append(0x0D) }
    endsWithReturn = false
    cursor = nil
    knownLineStart = nil
    var end = max(0, bytes.count - number)
    while end > 0, end < bytes.count, bytes[end] & 0xC0 == 0x80 { end -= 1 }
    bytes.removeSubrange(end...)
  }

  mutating func append(_ text: String) {
    var text = text
    if count == 0 {
      // What a copy would cost matters for a long text, and a long text is seldom followed by more.
      let isPlain = text.withUTF8 { !TerminalText.hasControls(UnsafeRawBufferPointer($0)) }
      if isPlain {
        whole = text
        return
      }
    }
    unpack()
    text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
  }

  /// Makes the text bytes of its own, which can be changed.
  private mutating func unpack() {
    guard let text = whole.take() else { return }
    bytes.append(contentsOf: text.utf8)
  }

  private static func hasControls(_ text: UnsafeRawBufferPointer) -> Bool {
    text.contains { $0 == 0x0D || $0 == 0x08 }
  }

  private mutating func append(_ text: UnsafeRawBufferPointer) {
    if !TerminalText.hasControls(text), cursor == nil, !endsWithReturn {
      if knownLineStart != nil, text.contains(0x0A) { knownLineStart = nil }
      bytes.append(contentsOf: text)
      return
    }
    var index = 0
    while index < text.count {
      let byte = text[index]
      if endsWithReturn {
        endsWithReturn = false
        if byte == 0x0A {
          bytes += [0x0D, 0x0A]
          knownLineStart = bytes.count
          cursor = nil
          index += 1
          continue
        }
        cursor = lineStart()
      }
      switch byte {
      case 0x0D:
        endsWithReturn = true
        index += 1
      case 0x08:
        stepBack()
        index += 1
      case 0x0A:
        // A terminal leaves what stands to the right of the cursor.
        bytes.append(byte)
        knownLineStart = bytes.count
        cursor = nil
        index += 1
      default:
        let end = text[index...].firstIndex { $0 == 0x0D || $0 == 0x08 || $0 == 0x0A } ?? text.count
        write(UnsafeRawBufferPointer(rebasing: text[index..<end]))
        index = end
      }
    }
  }

  /// Where the last line begins.
  ///
  /// Looked for at most once for each piece that was added whole: a long line with many returns or
  /// backspaces would cost the square of its length.
  private mutating func lineStart() -> Int {
    if let knownLineStart { return knownLineStart }
    let start = bytes.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    knownLineStart = start
    return start
  }

  private mutating func stepBack() {
    let start = lineStart()
    var place = cursor ?? bytes.count
    guard place > start else { return }
    place -= 1
    while place > start, bytes[place] & 0xC0 == 0x80 { place -= 1 }
    cursor = place
  }

  /// Writes text without line ends at the cursor.
  private mutating func write(_ text: UnsafeRawBufferPointer) {
    guard var place = cursor else {
      bytes.append(contentsOf: text)
      return
    }
    var index = 0
    while index < text.count, place < bytes.count {
      let length = TerminalText.escapeLength(text, at: index)
      if length > 0 {
        let sequence = text[index..<index + length]
        if sequence.last == UInt8(ascii: "K"), length <= 4 {
          bytes.removeSubrange(place...)
        } else {
          bytes.insert(contentsOf: sequence, at: place)
          place += length
        }
        index += length
        continue
      }
      let scalar = TerminalText.scalarLength(text[index], limit: text.count - index)
      let old = TerminalText.scalarLength(bytes[place], limit: bytes.count - place)
      bytes.replaceSubrange(place..<place + old, with: text[index..<index + scalar])
      place += scalar
      index += scalar
    }
    bytes.append(contentsOf: text[index...])
    cursor = place >= bytes.count || index < text.count ? nil : place
  }

  /// The length of a control sequence (`ESC [ … letter`) that begins here; 0 when none does.
  private static func escapeLength(_ text: UnsafeRawBufferPointer, at index: Int) -> Int {
    guard text[index] == 0x1B, index + 1 < text.count, text[index + 1] == UInt8(ascii: "[") else {
      return 0
    }
    var end = index + 2
    while end < text.count, !(0x40...0x7E).contains(text[end]) { end += 1 }
    return end < text.count ? end + 1 - index : 0
  }

  private static func scalarLength(_ byte: UInt8, limit: Int) -> Int {
    min(byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4, limit)
  }
}

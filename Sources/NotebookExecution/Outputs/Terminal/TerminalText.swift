import JSONCore

/// The text of a stream output, as a terminal would display it.
///
/// Text that moves no cursor is kept byte for byte, including colours. If a carriage return, a
/// backspace or an escape sequence moves back, the lines that it reaches are converted to cells
/// that can be overwritten, and written as text with the colours that each line needs. For example,
/// only the last state of a progress bar remains. How the text is split into pieces makes no
/// difference.
struct TerminalText: Sendable {
  /// The text that can no longer change; all of it while the screen is not open.
  private var bytes: [UInt8] = []
  /// The complete text, while it is one piece that moves no cursor: its storage is shared with the
  /// message.
  private var whole: String?
  /// The rows that can change: none, or one screen, stored indirectly because few texts have one.
  private var screens: [TerminalScreen] = []
  /// The sequence whose end has not arrived yet.
  private var sequence = ControlSequence()
  /// Whether the last piece ended with a carriage return, whose meaning depends on the next byte.
  private var endsWithReturn = false
  private let limits: TerminalLimits
  /// The number of bytes from which on to look for final lines.
  private var nextHandOver = TerminalText.handOverSize

  /// The number of additional bytes before looking for final lines again.
  private static let handOverSize = 262_144

  /// Creates an empty text.
  init(limits: TerminalLimits = TerminalLimits()) {
    self.limits = limits
  }

  private var isOpen: Bool { !screens.isEmpty && screens[0].isOpen }

  /// Whether new text is appended at the end.
  var isAtEnd: Bool { mutating get { !isOpen || screens[0].isAtEnd } }

  /// The text so far.
  var text: JSONString {
    if let whole { return JSONString(whole) }
    let tail = tail
    // Written in place, so that a long text is not copied twice.
    let string = String(unsafeUninitializedCapacity: bytes.count + tail.count) { buffer in
      let end = buffer.update(fromContentsOf: bytes)
      return buffer[end...].update(fromContentsOf: tail)
    }
    return JSONString(string)
  }

  /// Takes the text out, so that a long one is not in memory twice while it is packed.
  mutating func takeText() -> JSONString {
    defer { self = TerminalText(limits: limits) }
    return text
  }

  /// The text after the bytes.
  private var tail: [UInt8] {
    var tail: [UInt8] = []
    if isOpen { screens[0].write(to: &tail) }
    if endsWithReturn, !isOpen || screens[0].isInLastRow { tail.append(0x0D) }
    if sequence.isOpen { tail += sequence.bytes }
    return tail
  }

  /// Passes the bytes that can no longer change to `body`, without a copy.
  func withUTF8<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    if var whole { return whole.withUTF8(body) }
    return bytes.withUnsafeBufferPointer(body)
  }

  /// Passes on the lines that can no longer change, if there are many, and removes them.
  ///
  /// - Parameter take: receives complete lines; not called when there are few.
  mutating func handOver(_ take: (UnsafeRawBufferPointer) -> Void) {
    let count = whole?.utf8.count ?? bytes.count
    guard count >= nextHandOver else { return }
    // If the last lines are long, do not look for them again with each piece.
    nextHandOver = count * 2
    if var text = whole {
      // Used in place, because a copy would double the cost.
      let rest = text.withUTF8 { text -> [UInt8]? in
        let end = handOver(UnsafeRawBufferPointer(text), take)
        return end > 0 ? Array(text[end...]) : nil
      }
      guard let rest else { return }
      (whole, bytes) = (nil, rest)
    } else {
      let present = bytes
      bytes = []
      let end = present.withUnsafeBytes { handOver($0, take) }
      bytes = end > 0 ? Array(present[end...]) : present
      guard end > 0 else { return }
    }
    nextHandOver = bytes.count + max(bytes.count, TerminalText.handOverSize)
  }

  private mutating func handOver(
    _ text: UnsafeRawBufferPointer, _ take: (UnsafeRawBufferPointer) -> Void
  ) -> Int {
    if screens.isEmpty { screens.append(TerminalScreen(limits: limits)) }
    let end = screens[0].endOfFinalLines(in: text)
    guard end > 0 else { return 0 }
    screens[0].forget(UnsafeRawBufferPointer(rebasing: text[..<end]))
    take(UnsafeRawBufferPointer(rebasing: text[..<end]))
    return end
  }

  /// Its size in bytes.
  var count: Int { whole?.utf8.count ?? bytes.count + tail.count }

  /// Removes bytes from the end, and the rest of a character that is split.
  mutating func removeLast(bytes number: Int) {
    if let text = whole.take() {
      // Only what is left is copied: most of a long text may be removed.
      bytes = Array(TerminalText.prefix(of: text.utf8[...], without: number))
      return
    }
    bytes += tail
    (endsWithReturn, screens) = (false, [])
    sequence.end()
    bytes = Array(TerminalText.prefix(of: bytes[...], without: number))
  }

  /// The whole characters before the last bytes of a text.
  private static func prefix<Text: BidirectionalCollection<UInt8>>(
    of text: Text, without number: Int
  )
    -> Text.SubSequence
  {
    var end =
      text.index(text.endIndex, offsetBy: -number, limitedBy: text.startIndex)
      ?? text.startIndex
    while end > text.startIndex, end < text.endIndex, text[end] & 0xC0 == 0x80 {
      end = text.index(before: end)
    }
    return text[..<end]
  }

  mutating func append(_ text: String) {
    var text = text
    if whole == nil, bytes.isEmpty, screens.isEmpty, !endsWithReturn, !sequence.isOpen {
      // A copy only matters for a long text, and a long text is seldom followed by more.
      let isPlain = text.withUTF8 { ControlSequence.moveNothing(in: UnsafeRawBufferPointer($0)) }
      if isPlain {
        whole = text
        return
      }
    }
    unpack()
    text.withUTF8 { take(UnsafeRawBufferPointer($0)) }
  }

  /// Copies the text to bytes of its own, which can be changed.
  private mutating func unpack() {
    guard let text = whole.take() else { return }
    bytes.append(contentsOf: text.utf8)
  }

  // MARK: Text in pieces

  private mutating func take(_ text: UnsafeRawBufferPointer) {
    var index = 0
    while index < text.count {
      let byte = text[index]
      if sequence.isOpen {
        index += resume(byte) ? 1 : 0
        continue
      }
      if endsWithReturn {
        endsWithReturn = false
        if byte == 0x0A {
          newline()
          index += 1
        } else {
          open()
          screens[0].carriageReturn()
        }
        continue
      }
      switch byte {
      case 0x0D:
        endsWithReturn = true
        index += 1
      case 0x08:
        open()
        screens[0].backspace()
        index += 1
      case ControlSequence.escape: index += begin(UnsafeRawBufferPointer(rebasing: text[index...]))
      default:
        let end = ControlScan.next(in: text, from: index)
        put(UnsafeRawBufferPointer(rebasing: text[index..<end]))
        index = end
      }
    }
  }

  private mutating func put(_ text: UnsafeRawBufferPointer) {
    // A flood moves everything out of reach: from there on the text is bytes again.
    if isOpen, text.count >= 4096, screens[0].isAtEnd, ControlScan.lines(text) >= limits.reach {
      screens[0].close(into: &bytes)
    }
    if isOpen {
      screens[0].put(text, &bytes)
    } else {
      bytes.append(contentsOf: text)
    }
  }

  /// Ends a line with `\r\n`.
  private mutating func newline() {
    if isOpen {
      screens[0].newline(&bytes, afterReturn: true)
    } else {
      bytes += [0x0D, 0x0A]
    }
  }

  /// Converts the last lines to cells, so that they can change.
  private mutating func open() {
    if screens.isEmpty { screens.append(TerminalScreen(limits: limits)) }
    guard !screens[0].isOpen else { return }
    let lines = screens[0].open(&bytes)
    // These lines change nothing above them, so they are processed as if they arrived now.
    let outer = (sequence, endsWithReturn)
    sequence = ControlSequence()
    lines.withUnsafeBytes { take($0) }
    if sequence.isOpen { abandon() }
    (sequence, endsWithReturn) = outer
  }

  // MARK: Sequences

  /// Processes the sequence at the start of a text.
  ///
  /// - Returns: its length.
  private mutating func begin(_ text: UnsafeRawBufferPointer) -> Int {
    let (length, ending) = ControlSequence.measure(text, at: 0)
    let piece = UnsafeRawBufferPointer(rebasing: text[..<length])
    switch ending {
    case .complete: execute(piece)
    case .abandoned: pass(abandoned: piece)
    case .open:
      sequence.begin()
      for byte in piece.dropFirst() { _ = sequence.take(byte) }
    }
    return length
  }

  /// Processes a byte of the sequence that began in an earlier piece.
  ///
  /// - Returns: whether the byte was a part of it.
  private mutating func resume(_ byte: UInt8) -> Bool {
    switch sequence.take(byte) {
    case .open: return true
    case .complete:
      let taken = sequence.bytes
      sequence.end()
      taken.withUnsafeBytes { execute($0) }
      return true
    case .abandoned:
      abandon()
      return false
    }
  }

  /// Ends the open sequence, incomplete.
  private mutating func abandon() {
    let isEscape = sequence.bytes.count > 1 && sequence.bytes.last == ControlSequence.escape
    let taken = Array(sequence.bytes.dropLast(isEscape ? 1 : 0))
    sequence.end()
    taken.withUnsafeBytes { pass(abandoned: $0) }
    if isEscape { sequence.begin() }
  }

  private mutating func pass(abandoned piece: UnsafeRawBufferPointer) {
    if isOpen {
      screens[0].abandon(piece)
    } else {
      bytes.append(contentsOf: piece)
    }
  }

  private mutating func execute(_ sequence: UnsafeRawBufferPointer) {
    let command = TerminalCommand(sequence)
    if !isOpen, command.changesNothing || command.needsTextToTheRight {
      bytes.append(contentsOf: sequence)
      return
    }
    open()
    screens[0].execute(command, sequence, &bytes)
  }
}

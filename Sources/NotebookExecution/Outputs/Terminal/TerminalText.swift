import JSONCore

/// The text of a stream output, as a terminal would show it.
///
/// Text is kept byte for byte as it came, colours and all, as long as it moves no cursor. Where a
/// carriage return, a backspace or an escape sequence goes back, the lines that it reaches become
/// cells that are written over, and in the text each of them has the colours that it needs. So a
/// progress bar leaves its last state. It does not matter in what pieces the text comes.
struct TerminalText: Sendable {
  /// The text of which no part can change any more; all of it, as long as the screen is not open.
  private var bytes: [UInt8] = []
  /// All there is, while that is one piece that moves no cursor: shared with the message that
  /// brought it.
  private var whole: String?
  /// The rows that can change: none, or one screen, which stands elsewhere because few texts have one.
  private var screens: [TerminalScreen] = []
  /// The sequence whose end has not come yet.
  private var sequence = ControlSequence()
  /// A carriage return at the end of a piece: what it means depends on what follows.
  private var endsWithReturn = false
  private let limits: TerminalLimits
  /// From how many bytes on it is worth looking for final lines.
  private var nextHandOver = TerminalText.handOverSize

  /// How many bytes more there must be before final lines are looked for again.
  private static let handOverSize = 262_144

  /// An empty text.
  init(limits: TerminalLimits = TerminalLimits()) {
    self.limits = limits
  }

  private var isOpen: Bool { !screens.isEmpty && screens[0].isOpen }

  /// Whether what comes next goes to the end of the text.
  var isAtEnd: Bool { mutating get { !isOpen || screens[0].isAtEnd } }

  /// The text so far.
  var text: JSONString {
    if let whole { return JSONString(whole) }
    let tail = tail
    // At once in its place: a long text is not to be copied twice.
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

  /// What the text has behind the bytes.
  private var tail: [UInt8] {
    var tail: [UInt8] = []
    if isOpen { screens[0].write(to: &tail) }
    if endsWithReturn, !isOpen || screens[0].isInLastRow { tail.append(0x0D) }
    if sequence.isOpen { tail += sequence.bytes }
    return tail
  }

  /// The bytes that cannot change any more; handed to `body` without a copy.
  func withUTF8<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    if var whole { return whole.withUTF8(body) }
    return bytes.withUnsafeBufferPointer(body)
  }

  /// Hands over the lines that cannot change any more, when there are many, and forgets them.
  ///
  /// - Parameter take: gets whole lines; not called when there are not many.
  mutating func handOver(_ take: (UnsafeRawBufferPointer) -> Void) {
    let count = whole?.utf8.count ?? bytes.count
    guard count >= nextHandOver else { return }
    // Where the last lines are long, they are not looked for again with each piece.
    nextHandOver = count * 2
    if var text = whole {
      // Where it lies: a copy would cost as much again.
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

  /// How many bytes it has.
  var count: Int { whole?.utf8.count ?? bytes.count + tail.count }

  /// Takes bytes away from the end, and what is left of a character that is cut apart.
  mutating func removeLast(bytes number: Int) {
    unpack()
    bytes += tail
    (endsWithReturn, screens) = (false, [])
    sequence.end()
    var end = max(0, bytes.count - number)
    while end > 0, end < bytes.count, bytes[end] & 0xC0 == 0x80 { end -= 1 }
    bytes.removeSubrange(end...)
  }

  mutating func append(_ text: String) {
    var text = text
    if whole == nil, bytes.isEmpty, screens.isEmpty, !endsWithReturn, !sequence.isOpen {
      // What a copy would cost matters for a long text, and a long text is seldom followed by more.
      let isPlain = text.withUTF8 { ControlSequence.moveNothing(in: UnsafeRawBufferPointer($0)) }
      if isPlain {
        whole = text
        return
      }
    }
    unpack()
    text.withUTF8 { take(UnsafeRawBufferPointer($0)) }
  }

  /// Makes the text bytes of its own, which can be changed.
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
    // A flood takes everything out of reach: from there on the text is bytes again.
    if isOpen, text.count >= 4096, screens[0].isAtEnd, ControlScan.lines(text) >= limits.reach {
      screens[0].close(into: &bytes)
    }
    if isOpen {
      screens[0].put(text, &bytes)
    } else {
      bytes.append(contentsOf: text)
    }
  }

  /// A line ends with `\r\n`.
  private mutating func newline() {
    if isOpen {
      screens[0].newline(&bytes, afterReturn: true)
    } else {
      bytes += [0x0D, 0x0A]
    }
  }

  /// Makes cells of the last lines, so that they can change.
  private mutating func open() {
    if screens.isEmpty { screens.append(TerminalScreen(limits: limits)) }
    guard !screens[0].isOpen else { return }
    let lines = screens[0].open(&bytes)
    // They change nothing above themselves, so they are put in as if they came now.
    let outer = (sequence, endsWithReturn)
    sequence = ControlSequence()
    lines.withUnsafeBytes { take($0) }
    if sequence.isOpen { abandon() }
    (sequence, endsWithReturn) = outer
  }

  // MARK: Sequences

  /// Takes the sequence that a text begins with.
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

  /// Takes a byte for the sequence that has begun in another piece.
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

  /// Ends the sequence that has begun, unfinished.
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

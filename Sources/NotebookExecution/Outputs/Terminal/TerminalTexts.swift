/// The texts that cells refer to by number: links, and characters with combining marks.
struct TerminalTexts: Sendable {
  /// The sequence that ends a link.
  static let linkEnd: [UInt8] = Array("\u{1B}]8;;\u{1B}\\".utf8)

  private var texts: [UInt32: [UInt8]] = [:]
  private var next: UInt32 = 1
  private var lastNumber: UInt32 = 0
  /// The number of texts at which unused ones are removed.
  private var limit = 1024

  /// Whether unused texts should be removed.
  var isCrowded: Bool { texts.count > limit }

  subscript(_ number: UInt32) -> [UInt8] { texts[number] ?? [] }

  /// The number of a text, which is added if it is new.
  mutating func number(of text: [UInt8]) -> UInt32 {
    if let last = texts[lastNumber], last == text { return lastNumber }
    while next == 0 || texts[next] != nil { next = (next + 1) & 0x7FFF_FFFF }
    texts[next] = text
    lastNumber = next
    return next
  }

  /// Keeps only the used texts.
  mutating func keep(_ used: Set<UInt32>) {
    texts = texts.filter { used.contains($0.key) }
    limit = max(1024, 2 * texts.count)
  }

  /// The number of the link that a sequence `ESC ] 8 ; … ; URI BEL` begins; 0 if it ends one.
  mutating func link(of sequence: some Collection<UInt8>) -> UInt32 {
    let fields = sequence.dropFirst(4).split(
      separator: UInt8(ascii: ";"), maxSplits: 1, omittingEmptySubsequences: false)
    guard fields.count == 2, let first = fields[1].first, first != 0x07, first != 0x1B else {
      return 0
    }
    return number(of: Array(sequence))
  }
}

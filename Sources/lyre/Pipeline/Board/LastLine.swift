/// The last line of a text that arrives in pieces, as far as it fits on a board.
struct LastLine: Equatable {
  private(set) var text: String
  /// Whether the next piece continues the line.
  private var isOpen = false

  init(_ text: String = "") {
    self.text = text
  }

  /// With more bytes than this, the rest of a line is not kept.
  private static let limit = 2000

  /// Adds the next piece.
  ///
  /// Empty lines do not count, and a carriage return begins the line anew.
  mutating func add(_ piece: String) {
    let bytes = piece.utf8
    var end = bytes.endIndex
    while end > bytes.startIndex {
      let start = bytes[..<end].lastIndex(where: LastLine.isEnd).map { bytes.index(after: $0) }
      let line = bytes[(start ?? bytes.startIndex)..<end]
      let continues = start == nil && isOpen
      if continues || line.contains(where: { $0 > 0x20 }) {
        let kept = String(decoding: line.prefix(LastLine.limit), as: UTF8.self)
        if !continues {
          text = kept
        } else if text.utf8.count < LastLine.limit {
          text += kept
        }
        break
      }
      guard let start else { break }
      end = bytes.index(before: start)
    }
    if let last = bytes.last { isOpen = !LastLine.isEnd(last) }
  }

  private static func isEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }
}

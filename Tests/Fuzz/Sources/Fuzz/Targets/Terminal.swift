@testable import NotebookExecution

extension FuzzTarget {
  /// A stream, converted to the text that a terminal would show.
  ///
  /// The first byte selects limits, and the second the size of the pieces.
  static let terminal = FuzzTarget(name: "terminal") { input in
    var input = input
    let limits = limits(input.byte())
    var seed = UInt32(input.byte())
    let text = input.text
    let whole = shown([text], limits)
    require(whole.count == whole.text.string.utf8.count, "the count is that of the bytes")

    var pieces: [String] = []
    var rest = text.unicodeScalars[...]
    while !rest.isEmpty {
      seed = seed &* 1_664_525 &+ 1_013_904_223
      let piece = rest.prefix(1 + Int(seed >> 24) % 9)
      rest = rest.dropFirst(piece.count)
      pieces.append(String(piece))
    }
    require(
      same(shown(pieces, limits).text.string, whole.text.string),
      "it does not matter how a text is cut")

    if !text.utf8.contains(where: { $0 == 0x0D || $0 == 0x08 || $0 == 0x1B }) {
      require(same(whole.text.string, text), "text that moves no cursor stays as it is")
    }
    // The last text is present, for any cursor position and any unfinished sequence.
    let mark = "\n<mark>"
    let marked = shown([text, mark], limits).text.string
    require(marked.contains("<mark>"), "the last text is shown")

    var shortened = shown(pieces, limits)
    let cut = Int(seed % 50)
    shortened.removeLast(bytes: cut)
    require(whole.count - shortened.count <= cut + 3, "no more is taken away than was asked for")
    _ = shortened.text

    if input.isChosen {
      let long = String(decoding: Input.repeated(input.bytes, to: 64_000), as: UTF8.self)
      _ = shown([long], limits).text
    }
  }

  private static func limits(_ byte: Int) -> TerminalLimits {
    switch byte % 4 {
    case 0: TerminalLimits(screen: 3, reach: 5, width: 12, columns: 16)
    case 1: TerminalLimits(screen: 5, reach: 3, width: 256, columns: 300)
    default: TerminalLimits()
    }
  }

  private static func shown(_ pieces: [String], _ limits: TerminalLimits) -> TerminalText {
    var text = TerminalText(limits: limits)
    for piece in pieces { text.append(piece) }
    return text
  }

  private static func same(_ left: String, _ right: String) -> Bool {
    left.utf8.elementsEqual(right.utf8)
  }
}

/// Cuts what a process or a cell writes into lines, with bounded memory.
///
/// Of a line that was written over with carriage returns, as progress bars do, the last state
/// counts. A line longer than ``limit`` comes in pieces.
package struct OutputLines: Sendable {
  static let limit = 16_384

  private var partial: [UInt8] = []

  /// Nothing yet.
  package init() {}

  /// Takes a piece of output, and gives the lines that are complete with it.
  package mutating func take(_ bytes: [UInt8]) -> [String] {
    var lines: [String] = []
    for part in Pieces(bytes) {
      partial.append(contentsOf: part.bytes)
      if part.endsLine || partial.count > OutputLines.limit {
        lines.append(line(isPiece: !part.endsLine))
      }
    }
    return lines
  }

  /// What is left at the end of the output, if anything.
  package mutating func finish() -> String? { partial.isEmpty ? nil : line(isPiece: false) }

  /// What stands in the line that is not complete yet.
  var unfinished: String { text(partial[...]) }

  private mutating func line(isPiece: Bool) -> String {
    var end = partial.count
    // Not in the middle of a character.
    if isPiece, let last = partial.suffix(4).lastIndex(where: { $0 & 0xC0 != 0x80 }),
      partial[last] >= 0xC0
    {
      end = last
    }
    defer { partial.removeFirst(end) }
    return text(partial[..<end])
  }

  private func text(_ bytes: ArraySlice<UInt8>) -> String {
    var bytes = bytes
    while bytes.last == 0x0D { bytes = bytes.dropLast() }
    if let last = bytes.lastIndex(of: 0x0D) { bytes = bytes[(last + 1)...] }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The parts of some bytes up to the ends of lines, none longer than a line may be.
  private struct Pieces: Sequence, IteratorProtocol {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    mutating func next() -> (bytes: ArraySlice<UInt8>, endsLine: Bool)? {
      guard !rest.isEmpty else { return nil }
      let window = rest.prefix(OutputLines.limit)
      if let end = window.firstIndex(of: 0x0A) {
        defer { rest = rest[(end + 1)...] }
        return (rest[..<end], true)
      }
      rest = rest.dropFirst(window.count)
      return (window, false)
    }
  }
}

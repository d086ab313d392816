import Glibc

/// Splits the output of a process or a cell into lines, with bounded memory.
///
/// If a line was overwritten with carriage returns, as progress bars do, only its last state is
/// returned. A line longer than ``limit`` is returned in pieces.
package struct OutputLines: Sendable {
  static let limit = 16_384

  private var partial: [UInt8] = []

  /// Creates an empty splitter.
  package init() {}

  /// Adds a piece of output, and returns the lines that it completes.
  package mutating func take(_ bytes: [UInt8]) -> [String] {
    var lines: [String] = []
    for part in Pieces(bytes[...]) {
      partial.append(contentsOf: part.bytes)
      if part.endsLine || partial.count > OutputLines.limit {
        lines.append(line(isPiece: !part.endsLine))
      }
    }
    return lines
  }

  /// Adds a piece of output, and returns the lines that it completes, each with a line feed.
  ///
  /// Lines that were not overwritten are not examined one by one.
  package mutating func takeLines(_ bytes: [UInt8]) -> String {
    var lines: [UInt8] = []
    lines.reserveCapacity(bytes.count + partial.count + 1)
    var rest = bytes[...]
    while !rest.isEmpty {
      if partial.isEmpty, let end = OutputLines.endOfPlainLines(rest) {
        lines.append(contentsOf: rest[..<end])
        rest = rest[end...]
        continue
      }
      var pieces = Pieces(rest)
      guard let part = pieces.next() else { break }
      rest = pieces.rest
      partial.append(contentsOf: part.bytes)
      if part.endsLine || partial.count > OutputLines.limit {
        lines.append(contentsOf: line(isPiece: !part.endsLine).utf8)
        lines.append(0x0A)
      }
    }
    return String(decoding: lines, as: UTF8.self)
  }

  /// The end of the leading lines that have no carriage return and are not too long; nil if there
  /// are none.
  private static func endOfPlainLines(_ bytes: ArraySlice<UInt8>) -> Int? {
    bytes.withUnsafeBytes { buffer in
      guard let start = buffer.baseAddress else { return nil }
      let limit = memchr(start, 0x0D, buffer.count).map { start.distance(to: $0) } ?? buffer.count
      var end = 0
      while let feed = memchr(start + end, 0x0A, limit - end) {
        let next = start.distance(to: UnsafeRawPointer(feed)) + 1
        guard next - end <= OutputLines.limit else { break }
        end = next
      }
      return end > 0 ? bytes.startIndex + end : nil
    }
  }

  /// Returns the rest at the end of the output, if any.
  package mutating func finish() -> String? { partial.isEmpty ? nil : line(isPiece: false) }

  /// The text of the incomplete line.
  var unfinished: String { text(partial[...]) }

  private mutating func line(isPiece: Bool) -> String {
    var end = partial.count
    // Do not split a character.
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

  /// Splits bytes at the ends of lines, into parts no longer than the maximum line length.
  private struct Pieces: Sequence, IteratorProtocol {
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

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

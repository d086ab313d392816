package import JSONCore

extension PackedOutputs {
  /// An output, with unsplit texts.
  ///
  /// - Parameter place: below ``count``.
  package subscript(place: Int) -> JSONValue {
    let (from, to) = range(of: place)
    return PackedOutputs.value(pieces(from, to))
  }

  /// All outputs, with unsplit texts.
  package var values: [JSONValue] { (0..<count).map { self[$0] } }

  /// The text of an output in pieces.
  func pieces(_ from: Position, _ to: Position) -> [ArraySlice<UInt8>] {
    if from.block == to.block { return [blocks[from.block].bytes[from.offset..<to.offset]] }
    return [blocks[from.block].bytes[from.offset...]]
      + blocks[(from.block + 1)..<to.block].map { $0.bytes[...] }
      + [blocks[to.block].bytes[..<to.offset]]
  }

  /// Parses text that this program has written, which is valid.
  static func value(_ pieces: [ArraySlice<UInt8>]) -> JSONValue {
    let text = pieces.count == 1 ? Array(pieces[0]) : Array(pieces.joined())
    return NotebookOutput.rejoined((try? JSONValue(parsing: text)) ?? [:])
  }

  /// The list of the outputs as in the file, in pieces.
  ///
  /// - Parameter kept: parts of the file, by the place of the outputs that they represent.
  func list(keeping kept: [Int: ArraySlice<UInt8>]) -> [ArraySlice<UInt8>] {
    var result: [ArraySlice<UInt8>] = [[UInt8(ascii: "[")]]
    guard count > 0, let last = blocks.indices.last else { return [Array("[]".utf8)[...]] }
    var position = Position(block: 0, offset: separator.count)
    for (place, bytes) in kept.sorted(by: { $0.key < $1.key }) {
      let (from, to) = range(of: place)
      result += pieces(position, from)
      result.append(bytes)
      position = to
    }
    result += pieces(position, Position(block: last, offset: blocks[last].bytes.count))
    result.append(style.lead(3)[...])
    result.append([UInt8(ascii: "]")])
    return result
  }

  /// Whether the text of an output equals a text.
  func isText(of place: Int, _ text: UnsafeRawBufferPointer) -> Bool {
    let (from, to) = range(of: place)
    guard from.block == to.block, to.offset - from.offset == text.count else { return false }
    return blocks[from.block].bytes.withUnsafeBytes { bytes in
      JSONText.areEqual(UnsafeRawBufferPointer(rebasing: bytes[from.offset..<to.offset]), text)
    }
  }

  /// The text of the outputs from a place on, in pieces.
  func pieces(from place: Int) -> [ArraySlice<UInt8>] {
    guard place < count, let last = blocks.indices.last else { return [] }
    let end = Position(block: last, offset: blocks[last].bytes.count)
    return pieces(range(of: place).from, end)
  }
}

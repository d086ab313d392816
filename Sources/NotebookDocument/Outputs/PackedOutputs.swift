package import JSONCore

/// The outputs of a cell, as their text in the notebook's file.
///
/// A small output takes ten times as much memory as a tree of values as it takes as text. So each
/// is written once, in the style of the notebook, and decoded only on request; writing the file
/// uses these bytes unchanged. The text is stored in blocks, so that adding to it, changing one
/// output, and keeping an earlier state do not copy all of it.
package struct PackedOutputs: Sendable {
  /// A part of the text.
  struct Block: Sendable {
    /// Each output with the separator and indentation before it.
    var bytes: [UInt8] = []
    /// The end of each output; empty in a block with a part of a long stream, which ends in a later
    /// one.
    var ends: [Int] = []
    /// The number of outputs that end in earlier blocks.
    var first: Int
  }

  let style: NotebookStyle
  /// The text between two outputs, and before each at the start of its line.
  let separator: [UInt8]
  private let lead: [UInt8]
  private(set) var blocks: [Block] = []

  /// The number of outputs, without an unfinished stream.
  package private(set) var count = 0

  /// The name of the unfinished long stream in the last blocks.
  private var openStream: String?

  /// The minimum number of bytes in a block before a new one is started.
  static let blockSize = 49_152

  /// The number of bytes of a long stream in a block.
  private static let partSize = 1 << 20

  /// The indentation level of an output in a notebook.
  private static let level = 4

  init(style: NotebookStyle) {
    self.style = style
    separator =
      style.json.indent == nil ? Array(style.json.itemSeparator.utf8) : [UInt8(ascii: ",")]
    lead = style.lead(PackedOutputs.level)
  }

  /// Creates an empty list in Jupyter's own style.
  package init() { self.init(style: .jupyter) }

  /// Creates a list of outputs, given with unsplit texts.
  init(_ outputs: [JSONValue], style: NotebookStyle) {
    self.init(style: style)
    for output in outputs { append(output) }
  }

  /// Whether there are none.
  package var isEmpty: Bool { count == 0 && openStream == nil }

  // MARK: Changing

  /// Adds an output, given with unsplit texts.
  package mutating func append(_ output: JSONValue) {
    endStream()
    beginOutput()
    let last = blocks.count - 1
    NotebookOutput.append(
      output, to: &blocks[last].bytes, style: style, level: PackedOutputs.level)
    endOutput()
  }

  /// Replaces an output.
  ///
  /// - Parameters:
  ///   - place: below ``count``.
  ///   - output: the new output, with unsplit texts.
  package mutating func replace(at place: Int, with output: JSONValue) {
    let (from, to) = range(of: place)
    guard from.block == to.block else { return }
    var text: [UInt8] = []
    NotebookOutput.append(output, to: &text, style: style, level: PackedOutputs.level)
    let change = text.count - (to.offset - from.offset)
    blocks[to.block].bytes.replaceSubrange(from.offset..<to.offset, with: text)
    guard change != 0 else { return }
    let number = place - blocks[to.block].first
    for later in number..<blocks[to.block].ends.count { blocks[to.block].ends[later] += change }
  }

  /// Removes the outputs from a place on.
  package mutating func removeAll(from place: Int = 0) {
    endStream()
    guard place < count else { return }
    guard place > 0 else {
      (blocks, count) = ([], 0)
      return
    }
    let end = range(of: place - 1).to
    blocks.removeSubrange((end.block + 1)...)
    blocks[end.block].bytes.removeSubrange(end.offset...)
    blocks[end.block].ends.removeSubrange((place - blocks[end.block].first)...)
    count = place
  }

  /// Adds to a stream output whose long text arrives in parts; it is complete when it ends.
  ///
  /// - Parameters:
  ///   - name: the stream's name; a part of another stream ends the current one and begins a new
  ///     one.
  ///   - text: complete lines with their line endings, not empty.
  package mutating func appendPart(ofStream name: String, _ text: UnsafeRawBufferPointer) {
    if openStream != name { endStream() }
    var rest = text
    // One block at a time: a block that grew by doubling would briefly need twice its memory.
    while !rest.isEmpty {
      let from = min(PackedOutputs.partSize, rest.count)
      let end = JSONText.first(0x0A, rest, in: from..<rest.count).map { $0 + 1 } ?? rest.count
      appendBlock(ofStream: name, UnsafeRawBufferPointer(rebasing: rest[..<end]))
      rest = UnsafeRawBufferPointer(rebasing: rest[end...])
    }
  }

  private mutating func appendBlock(ofStream name: String, _ text: UnsafeRawBufferPointer) {
    let isFirst = openStream == nil
    openStream = name
    var block = Block(first: count)
    block.bytes.reserveCapacity(text.count + text.count / 4 + 256)
    if isFirst { block.bytes += separator + lead + streamFrame(name).head }
    if style.splitsLines {
      style.json.appendLines(
        of: text, isFirst: isFirst, to: &block.bytes, level: PackedOutputs.level + 1)
    } else {
      style.json.appendEscaped(text, to: &block.bytes)
    }
    blocks.append(block)
  }

  /// Adds a stream output, or the last part of an unfinished one.
  package mutating func appendLast(ofStream name: String, _ text: JSONString) {
    guard openStream == name else {
      return append(["name": .init(name), "output_type": "stream", "text": .string(text)])
    }
    text.withUTF8 { text in
      if !text.isEmpty { appendPart(ofStream: name, UnsafeRawBufferPointer(text)) }
    }
    endStream()
  }

  /// Ends an unfinished stream output, if there is one.
  package mutating func endStream() {
    guard let name = openStream else { return }
    openStream = nil
    // In a block of its own, because earlier states of the outputs share the long parts.
    blocks.append(Block(bytes: streamFrame(name).tail, first: count))
    endOutput()
  }

  private mutating func beginOutput() {
    if blocks.last.map({ $0.bytes.count >= PackedOutputs.blockSize }) ?? true {
      var block = Block(first: count)
      // Most cells have only one output.
      if !blocks.isEmpty { block.bytes.reserveCapacity(PackedOutputs.blockSize * 5 / 4) }
      blocks.append(block)
    }
    blocks[blocks.count - 1].bytes += separator
    blocks[blocks.count - 1].bytes += lead
  }

  private mutating func endOutput() {
    let last = blocks.count - 1
    blocks[last].ends.append(blocks[last].bytes.count)
    count += 1
  }

  /// The text around the lines of a stream output, or around its text if that is not split.
  func streamFrame(_ name: String) -> (head: [UInt8], tail: [UInt8]) {
    let output: JSONObject = ["name": .init(name), "output_type": "stream", "text": ""]
    var text: [UInt8] = []
    var split = 0
    output.append(to: &text, style: style.json, level: PackedOutputs.level) { member, text in
      guard member.key == "text" else { return false }
      text.append(UInt8(ascii: style.splitsLines ? "[" : "\""))
      split = text.count
      if style.splitsLines {
        style.json.appendLinesEnd(to: &text, level: PackedOutputs.level + 1)
      } else {
        text.append(UInt8(ascii: "\""))
      }
      return true
    }
    return (Array(text[..<split]), Array(text[split...]))
  }

  // MARK: Positions of outputs

  /// A position in the text.
  struct Position: Sendable, Hashable {
    var block: Int
    var offset: Int
  }

  /// The range of an output's text, without the separator before it.
  func range(of place: Int) -> (from: Position, to: Position) {
    let end = block(of: place)
    let number = place - blocks[end].first
    let to = Position(block: end, offset: blocks[end].ends[number])
    if number > 0 {
      let before = blocks[end].ends[number - 1]
      return (Position(block: end, offset: before + separator.count + lead.count), to)
    }
    var start = end
    while start > 0, blocks[start - 1].ends.isEmpty { start -= 1 }
    return (Position(block: start, offset: separator.count + lead.count), to)
  }

  /// The block in which an output ends.
  private func block(of place: Int) -> Int {
    var (low, high) = (0, blocks.count)
    // Find the last block with fewer outputs before it that contains the end of one.
    while high - low > 1 {
      let middle = (low + high) / 2
      if blocks[middle].first <= place { low = middle } else { high = middle }
    }
    return low
  }
}

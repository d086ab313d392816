import JSONCore

extension PackedOutputs {
  /// The number of outputs at the beginning that are equal in both.
  ///
  /// States of the same outputs share unchanged blocks, so comparing those costs nothing.
  func commonCount(with other: PackedOutputs) -> Int {
    for (own, theirs) in zip(blocks, other.blocks) {
      if own.ends == theirs.ends, own.bytes == theirs.bytes { continue }
      var same = own.first
      let most = min(own.ends.count, theirs.ends.count)
      while same - own.first < most, areEqual(same, other) { same += 1 }
      return same
    }
    return min(count, other.count)
  }

  private func areEqual(_ place: Int, _ other: PackedOutputs) -> Bool {
    let (from, to) = other.range(of: place)
    // An output in several blocks is compared only by its blocks.
    guard from.block == to.block else { return false }
    return other.blocks[from.block].bytes.withUnsafeBytes { bytes in
      isText(of: place, UnsafeRawBufferPointer(rebasing: bytes[from.offset..<to.offset]))
    }
  }

  /// The text added to a stream output since an earlier state, in the form between the quotes of a
  /// JSON string; nil if something else has changed.
  ///
  /// Nothing is decoded, because much text may arrive between two saves of a run.
  ///
  /// - Parameter place: below the counts of both.
  func added(at place: Int, since earlier: PackedOutputs) -> ArraySlice<UInt8>? {
    let (old, new) = (earlier.range(of: place), range(of: place))
    // Parts that both have are skipped, because they may be long.
    var shared = 0
    if old.from == new.from {
      let most = min(old.to.block - old.from.block, new.to.block - new.from.block)
      while shared < most,
        earlier.blocks[old.from.block + shared].bytes == blocks[new.from.block + shared].bytes
      { shared += 1 }
    }
    for name in ["stdout", "stderr"] {
      guard let text = text(at: place, ofStream: name, withoutParts: shared),
        let before = earlier.text(at: place, ofStream: name, withoutParts: shared),
        text.starts(with: before)
      else { continue }
      return text[before.count...]
    }
    return nil
  }

  /// The text of a stream output without its first parts, in the form between the quotes of a JSON
  /// string; nil for an output of another stream.
  private func text(at place: Int, ofStream name: String, withoutParts parts: Int) -> [UInt8]? {
    let (from, to) = range(of: place)
    let frame = streamFrame(name)
    guard pieces(from, to).first?.starts(with: frame.head) == true,
      blocks[to.block].bytes[..<to.offset].suffix(frame.tail.count).elementsEqual(frame.tail)
    else { return nil }
    let start =
      parts > 0
      ? Position(block: from.block + parts, offset: 0)
      : Position(block: from.block, offset: from.offset + frame.head.count)
    let end = Position(block: to.block, offset: to.offset - frame.tail.count)
    var text: [UInt8] = []
    for piece in pieces(start, end) {
      if style.splitsLines {
        piece.withUnsafeBytes { JSONText.appendJoined($0, to: &text) }
      } else {
        text += piece
      }
    }
    return text
  }
}

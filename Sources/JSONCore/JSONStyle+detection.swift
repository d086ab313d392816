extension JSONStyle {
  /// Detects the style of a text from its outermost object and its escapes.
  ///
  /// - Parameters:
  ///   - bytes: the text.
  ///   - index: its index.
  ///   - fallback: the style if the text does not determine it, such as for an empty object.
  public init(
    of bytes: UnsafeRawBufferPointer, _ index: JSONIndex, fallback: JSONStyle = .pretty
  ) {
    self = fallback
    let members = index.members(index.root)
    guard let first = members.first else { return }
    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
    let before = text(index.range(index.root).lowerBound + 1..<index.range(first.key).lowerBound)
    if let line = before.lastIndex(where: { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }) {
      newline = String(before[line])
      indent = String(before[before.index(after: line)...])
    } else {
      indent = nil
      if members.count > 1 {
        itemSeparator = text(
          index.range(first.value).upperBound..<index.range(members[1].key).lowerBound)
      }
    }
    keySeparator = text(index.range(first.key).upperBound..<index.range(first.value).lowerBound)
    sortsKeys = false
    escapesNonASCII = index.escapesNonASCII
  }
}

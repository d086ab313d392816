extension JSONStyle {
  /// The style that a text is written in, read off its outermost object and its escapes.
  ///
  /// - Parameters:
  ///   - bytes: the text.
  ///   - index: its index.
  ///   - fallback: what holds where the text does not tell, such as for an empty object.
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
    escapesNonASCII = JSONText.usesEscapesOnly(bytes)
  }
}

extension JSONText {
  /// Whether a text writes characters outside ASCII as escapes: it has such escapes and no such
  /// characters.
  static func usesEscapesOnly(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var index = 0
    var hasEscape = false
    while index < bytes.count {
      let byte = bytes[index]
      if byte >= 0x80 { return false }
      if byte == UInt8(ascii: "\\"), index + 5 < bytes.count {
        // \u0000 to \u007f must be escapes for control characters anyway.
        if bytes[index + 1] == UInt8(ascii: "u"),
          !(bytes[index + 2] == UInt8(ascii: "0") && bytes[index + 3] == UInt8(ascii: "0")
            && bytes[index + 4] < UInt8(ascii: "8"))
        {
          hasEscape = true
        }
        index += 1
      }
      index += 1
    }
    return hasEscape
  }
}

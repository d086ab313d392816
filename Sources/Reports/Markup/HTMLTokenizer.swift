/// Splits HTML into tags and texts as browsers do, in linear time.
struct HTMLTokenizer {
  struct Tag {
    var name: String
    var attributes: [(name: String, value: [UInt8])] = []

    /// The value of an attribute, with its character references.
    subscript(name: String) -> [UInt8]? { attributes.first { $0.name == name }?.value }
  }

  enum Token {
    /// A text with its character references.
    case text(Range<Int>)
    case start(Tag)
    case end(String)
  }

  let bytes: [UInt8]
  private(set) var position = 0
  /// Where the last token begins.
  private(set) var start = 0

  /// The maximum number of attributes that are read of one element.
  private static let attributeLimit = 64

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Returns the next tag or text; comments and declarations are left out.
  mutating func next() -> Token? {
    while position < bytes.count {
      start = position
      if bytes[position] == UInt8(ascii: "<"), let token = markup() { return token }
      if position > start { continue }  // A comment.
      position += 1
      while position < bytes.count, bytes[position] != UInt8(ascii: "<") { position += 1 }
      return .text(start..<position)
    }
    return nil
  }

  /// Reads up to the end tag of an element whose content is not HTML, such as `script`.
  ///
  /// - Returns: the range of its content.
  mutating func rawText(of name: String) -> Range<Int> {
    let start = position
    let name = Array(name.utf8)
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "<"), isEndTag(name, at: position) {
        let end = position
        _ = markup()
        return start..<end
      }
      position += 1
    }
    return start..<position
  }

  private func isEndTag(_ name: [UInt8], at place: Int) -> Bool {
    let after = place + 2 + name.count
    guard after <= bytes.count, bytes[place + 1] == UInt8(ascii: "/") else { return false }
    for (offset, byte) in name.enumerated()
    where bytes[place + 2 + offset].lowercased != byte { return false }
    guard after < bytes.count else { return true }
    return bytes[after].isBlank || bytes[after] == UInt8(ascii: "/")
      || bytes[after] == UInt8(ascii: ">")
  }

  private func byte(_ offset: Int) -> UInt8? {
    position + offset < bytes.count ? bytes[position + offset] : nil
  }

  /// Reads a tag or a comment; nil for a comment, and without progress if none begins here.
  private mutating func markup() -> Token? {
    switch byte(1) {
    case let letter? where letter.isLetter:
      position += 1
      return tag().map { .start($0) }
    case UInt8(ascii: "/"):
      guard let letter = byte(2) else { return nil }
      if letter.isLetter {
        position += 2
        return tag().map { .end($0.name) }
      }
      skipBogusComment()
    case UInt8(ascii: "!"):
      if byte(2) == UInt8(ascii: "-"), byte(3) == UInt8(ascii: "-") {
        skipComment()
      } else {
        skipBogusComment()
      }
    case UInt8(ascii: "?"): skipBogusComment()
    default: break
    }
    return nil
  }

  private mutating func skipBogusComment() {
    while position < bytes.count, bytes[position] != UInt8(ascii: ">") { position += 1 }
    position = min(position + 1, bytes.count)
  }

  private mutating func skipComment() {
    position += 4
    if byte(0) == UInt8(ascii: ">") { return position += 1 }
    if byte(0) == UInt8(ascii: "-"), byte(1) == UInt8(ascii: ">") { return position += 2 }
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "-"), byte(1) == UInt8(ascii: "-") {
        if byte(2) == UInt8(ascii: ">") { return position += 3 }
        if byte(2) == UInt8(ascii: "!"), byte(3) == UInt8(ascii: ">") { return position += 4 }
      }
      position += 1
    }
  }

  /// Reads a tag from its name on; nil if it does not end.
  private mutating func tag() -> Tag? {
    var tag = Tag(name: word { $0.isBlank || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ">") })
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: ">") {
        position += 1
        return tag
      }
      if bytes[position].isBlank || bytes[position] == UInt8(ascii: "/") {
        position += 1
        continue
      }
      var isFirst = true
      let name = word { byte in
        defer { isFirst = false }
        return byte.isBlank || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ">")
          || byte == UInt8(ascii: "=") && !isFirst
      }
      skipBlanks()
      var value: [UInt8] = []
      if byte(0) == UInt8(ascii: "=") {
        position += 1
        skipBlanks()
        value = self.value()
      }
      if tag.attributes.count < HTMLTokenizer.attributeLimit, tag[name] == nil {
        tag.attributes.append((name, value))
      }
    }
    return nil
  }

  private mutating func skipBlanks() {
    while position < bytes.count, bytes[position].isBlank { position += 1 }
  }

  private mutating func value() -> [UInt8] {
    guard let quote = byte(0) else { return [] }
    let isQuoted = quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'")
    if isQuoted { position += 1 }
    let start = position
    while position < bytes.count {
      let byte = bytes[position]
      if isQuoted ? byte == quote : byte.isBlank || byte == UInt8(ascii: ">") { break }
      position += 1
    }
    let value = Array(bytes[start..<position])
    if isQuoted { position = min(position + 1, bytes.count) }
    return value
  }

  private mutating func word(_ isEnd: (UInt8) -> Bool) -> String {
    let start = position
    while position < bytes.count, !isEnd(bytes[position]) { position += 1 }
    return String(decoding: bytes[start..<position].lazy.map(\.lowercased), as: UTF8.self)
  }
}

/// The tags of a page in HTML, one after another, with their attributes: what a login needs of it.
///
/// Reading takes time in proportion to the page, whatever is wrong with it.
struct HTMLTags: Sequence, IteratorProtocol {
  /// A tag.
  struct Tag {
    /// Its name in small letters.
    var name: String
    /// Whether it ends an element.
    var isEnd = false
    /// Its attributes: names in small letters, values without entities.
    var attributes: [String: String] = [:]
  }

  /// How many attributes of a tag are read.
  private static let mostAttributes = 64
  /// The elements whose content has no tags.
  private static let plain: Set = ["script", "style", "textarea", "title"]

  private var rest: ArraySlice<UInt8>

  /// - Parameter text: the page.
  init(_ text: String) { rest = Array(text.utf8)[...] }

  mutating func next() -> Tag? {
    while let start = rest.firstIndex(of: UInt8(ascii: "<")) {
      rest = rest[(start + 1)...]
      if rest.starts(with: "!--".utf8) {
        rest = rest.dropFirst(3)
        skip(past: "-->")
      } else if rest.first == UInt8(ascii: "/") {
        rest = rest.dropFirst()
        guard HTMLTags.isLetter(rest.first) else { continue }
        let name = word { $0 == UInt8(ascii: ">") || HTMLTags.isBlank($0) }
        skip(past: ">")
        return Tag(name: name, isEnd: true)
      } else if HTMLTags.isLetter(rest.first) {
        return startTag()
      }
    }
    return nil
  }

  private mutating func startTag() -> Tag {
    func isEnd(_ byte: UInt8) -> Bool {
      byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/") || HTMLTags.isBlank(byte)
    }
    var tag = Tag(name: word(isEnd))
    while true {
      rest = rest.drop { $0 == UInt8(ascii: "/") || HTMLTags.isBlank($0) }
      guard let first = rest.first else { break }
      if first == UInt8(ascii: ">") {
        rest = rest.dropFirst()
        break
      }
      // A name may begin with `=`, and has at least one byte.
      rest = rest.dropFirst()
      let name = HTMLTags.text([first] + bytes { $0 == UInt8(ascii: "=") || isEnd($0) })
      var value = ""
      rest = rest.drop(while: HTMLTags.isBlank)
      if rest.first == UInt8(ascii: "=") {
        rest = rest.dropFirst().drop(while: HTMLTags.isBlank)
        value = attributeValue()
      }
      // The first of its name counts.
      if tag.attributes.count < HTMLTags.mostAttributes, tag.attributes[name] == nil {
        tag.attributes[name] = value
      }
    }
    if HTMLTags.plain.contains(tag.name) { skipContent(of: tag.name) }
    return tag
  }

  private mutating func attributeValue() -> String {
    guard let quote = rest.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
      return HTMLEntities.decoded(bytes { $0 == UInt8(ascii: ">") || HTMLTags.isBlank($0) })
    }
    rest = rest.dropFirst()
    let value = bytes { $0 == quote }
    rest = rest.dropFirst()
    return HTMLEntities.decoded(value)
  }

  /// Leaves out what is no tag, up to the end of an element.
  private mutating func skipContent(of name: String) {
    while let start = rest.firstIndex(of: UInt8(ascii: "<")) {
      rest = rest[start...]
      let end = HTMLTags.text(rest.dropFirst().prefix(name.utf8.count + 1))
      if end == "/" + name { return }
      rest = rest.dropFirst()
    }
    rest = []
  }

  private mutating func skip(past end: String) {
    let end = Array(end.utf8)
    while let start = rest.firstIndex(of: end[0]) {
      rest = rest[start...]
      if rest.starts(with: end) {
        rest = rest.dropFirst(end.count)
        return
      }
      rest = rest.dropFirst()
    }
    rest = []
  }

  private mutating func bytes(until isEnd: (UInt8) -> Bool) -> ArraySlice<UInt8> {
    let found = rest.prefix { !isEnd($0) }
    rest = rest[found.endIndex...]
    return found
  }

  private mutating func word(_ isEnd: (UInt8) -> Bool) -> String {
    HTMLTags.text(bytes(until: isEnd))
  }

  private static func text(_ bytes: some Sequence<UInt8>) -> String {
    String(decoding: Array(bytes), as: UTF8.self).lowercased()
  }

  private static func isLetter(_ byte: UInt8?) -> Bool {
    guard let byte else { return false }
    return (0x41...0x5A).contains(byte & ~0x20)
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }
}

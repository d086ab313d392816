/// A growing piece of HTML, in UTF-8.
struct Markup {
  private(set) var bytes: [UInt8] = []

  init() {}

  init(_ text: String) { put(text) }

  var count: Int { bytes.count }

  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Appends HTML.
  mutating func put(_ html: String) { bytes.append(contentsOf: html.utf8) }

  /// Appends HTML.
  mutating func put(_ html: some Sequence<UInt8>) { bytes.append(contentsOf: html) }

  /// Appends a piece of HTML.
  mutating func put(_ other: Markup) { bytes.append(contentsOf: other.bytes) }

  /// Inserts HTML; the cost is that of the bytes after it.
  mutating func insert(_ html: String, at place: Int) {
    bytes.insert(contentsOf: Array(html.utf8), at: place)
  }

  /// Appends a text, for the content of elements and for quoted attributes.
  mutating func put(escaping text: String) {
    var text = text
    text.withUTF8 { put(escaping: $0) }
  }

  /// Appends a text in UTF-8, without characters that HTML does not allow.
  mutating func put(escaping text: some RandomAccessCollection<UInt8>) {
    guard
      text.withContiguousStorageIfAvailable({ put(escaping: $0) }) == nil
    else { return }
    Array(text).withUnsafeBufferPointer { put(escaping: $0) }
  }

  private mutating func put(escaping text: UnsafeBufferPointer<UInt8>) {
    var start = 0
    for index in text.indices {
      let reference: StaticString
      switch text[index] {
      case UInt8(ascii: "&"): reference = "&amp;"
      case UInt8(ascii: "<"): reference = "&lt;"
      case UInt8(ascii: ">"): reference = "&gt;"
      case UInt8(ascii: "\""): reference = "&quot;"
      case UInt8(ascii: "'"): reference = "&#39;"
      case 0x09, 0x0A: continue
      case 0..<0x20: reference = ""
      default: continue
      }
      bytes.append(contentsOf: text[start..<index])
      reference.withUTF8Buffer { bytes.append(contentsOf: $0) }
      start = index + 1
    }
    bytes.append(contentsOf: text[start...])
  }
}

extension String {
  /// The text as HTML, for the content of elements and for quoted attributes.
  var asHTML: String {
    var markup = Markup()
    markup.put(escaping: self)
    return markup.text
  }
}

extension UInt8 {
  /// Whether it is an ASCII letter.
  var isLetter: Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
  }

  /// Whether it is an ASCII digit.
  var isDigit: Bool { (0x30...0x39).contains(self) }

  /// Whether it is white space in HTML.
  var isBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) && self != 0x0B }

  /// In lower case if it is an ASCII letter.
  var lowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}

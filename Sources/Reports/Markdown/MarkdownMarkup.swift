/// The additions to the HTML of Markdown: ids of headings, formulas, attachments, addresses as
/// links.
struct MarkdownMarkup {
  /// A heading.
  struct Heading {
    var level: Int
    var id: String
    /// Its text as HTML.
    var title: Markup
  }

  /// The formulas, whose numbers stand in the text (``MathFinder``).
  var formulas: [MathSource] = []
  /// Returns the data address of an attachment.
  var attachment: (String) -> String? = { _ in nil }
  /// Returns the data address of an image file that a relative path names.
  var file: (String) -> String? = { _ in nil }
  /// The number of the cell, from 1.
  var cell = 0
  /// Converts formulas; it keeps their macros.
  var math: MathConverter
  private(set) var headings: [Heading] = []
  /// The ids in use.
  var ids: Set<String> = []

  private var heading: (name: String, place: Int, title: Markup)?

  init(math: MathConverter) { self.math = math }

  // MARK: Headings

  private static let levels = ["h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6]

  /// Called before the start tag of an element.
  mutating func start(_ name: String, at place: Int) {
    if MarkdownMarkup.levels[name] != nil { heading = (name, place, Markup()) }
  }

  /// Called after the end tag of an element.
  mutating func end(_ name: String, in result: inout Markup) {
    guard let heading, heading.name == name, let level = MarkdownMarkup.levels[name] else { return }
    self.heading = nil
    let text = CharacterReference.decoded(heading.title.bytes)
    // The ids of JupyterLab and nbconvert.
    let plain = text.contains("<") ? "section" : text
    var id = String(plain.prefix(200).map { $0.isWhitespace ? "-" : $0 })
    if id.isEmpty || HTMLSanitizer.id(Array(id.utf8)) == nil { id = "section" }
    if ids.contains(id) {
      var number = ids.count + 1
      while ids.contains("\(id)-\(number)") { number += 1 }
      id += "-\(number)"
    }
    ids.insert(id)
    result.insert(" id=\"\(id.asHTML)\"", at: heading.place + 1 + name.utf8.count)
    headings.append(Heading(level: level, id: id, title: heading.title))
  }

  // MARK: Attributes

  /// The target of a link; footnotes are those of the cell.
  func link(_ address: String) -> String {
    let address = restored(address)
    return address.hasPrefix("#fn") ? "#cell-\(cell)-\(address.dropFirst())" : address
  }

  /// An id in the cell; nil for one that the page uses itself.
  func id(_ value: [UInt8]) -> [UInt8]? {
    value.starts(with: "fn".utf8) ? Array("cell-\(cell)-".utf8) + value : HTMLSanitizer.id(value)
  }

  /// The address of an image that becomes part of the page: attached, or in a file.
  func image(_ value: [UInt8]) -> String? {
    let address = restored(CharacterReference.decoded(value))
    guard address.hasPrefix("attachment:") else {
      return address.contains(":") ? nil : file(MarkdownMarkup.withoutPercent(address))
    }
    let name = String(address.dropFirst("attachment:".count))
    return attachment(name) ?? attachment(MarkdownMarkup.withoutPercent(name))
  }

  /// A part of an address without percent-encoding.
  static func withoutPercent(_ text: String) -> String {
    var result: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        result.append(value)
        rest = rest.dropFirst(2)
      } else {
        result.append(byte)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  // MARK: Text

  /// A text with the sources of its formulas.
  func restored(_ text: String) -> String {
    let hasMark = text.utf8.contains { $0 == MathFinder.opening[0] || $0 == UInt8(ascii: "%") }
    guard !formulas.isEmpty, hasMark else { return text }
    var result: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.first {
      if let (number, end) = MarkdownMarkup.number(in: rest), number < formulas.count {
        result.append(contentsOf: formulas[number].source.utf8)
        rest = rest[end...]
      } else {
        result.append(byte)
        rest = rest.dropFirst()
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Appends a text of HTML.
  mutating func put(
    text: ArraySlice<UInt8>, isCode: Bool, isLinked: Bool, into result: inout Markup
  ) {
    var start = text.startIndex
    var index = start
    while index < text.endIndex {
      if text[index] == MathFinder.opening[0],
        let (number, end) = MarkdownMarkup.number(in: text[index...]), number < formulas.count
      {
        put(plain: text[start..<index], into: &result)
        put(formulas[number], isCode: isCode, into: &result)
        (start, index) = (end, end)
      } else if text[index] == UInt8(ascii: "h"), !isLinked,
        let end = MarkdownMarkup.endOfAddress(in: text[index...])
      {
        put(plain: text[start..<index], into: &result)
        put(address: text[index..<end], into: &result)
        (start, index) = (end, end)
      } else {
        index += 1
      }
    }
    put(plain: text[start...], into: &result)
  }

  private mutating func put(plain text: ArraySlice<UInt8>, into result: inout Markup) {
    HTMLSanitizer.put(text: text, into: &result)
    guard var open = heading else { return }
    heading = nil  // Leaves a single owner.
    HTMLSanitizer.put(text: text, into: &open.title)
    heading = open
  }

  private mutating func put(_ formula: MathSource, isCode: Bool, into result: inout Markup) {
    if isCode { return result.put(escaping: formula.source) }
    let html = math.html(formula)
    result.put(html)
    heading?.title.put(html)
  }

  private mutating func put(address: ArraySlice<UInt8>, into result: inout Markup) {
    if let safe = PageAddress.safe(address, for: .link) {
      result.put("<a href=\"\(safe.asHTML)\" rel=\"noopener noreferrer\">")
      put(plain: address, into: &result)
      result.put("</a>")
    } else {
      put(plain: address, into: &result)
    }
  }

  /// The end of an address that begins here, as GitHub recognises them; nil if none does.
  private static func endOfAddress(in text: ArraySlice<UInt8>) -> Int? {
    let isAddress = text.starts(with: "https://".utf8) || text.starts(with: "http://".utf8)
    guard isAddress else { return nil }
    var end = text.startIndex
    while end < text.endIndex, !text[end].isBlank, text[end] != UInt8(ascii: "<"),
      text[end] != MathFinder.opening[0]
    { end += 1 }
    let trailing = Set("?!.,:*_~'\")&;".utf8)
    while end > text.startIndex, trailing.contains(text[end - 1]) {
      end -= 1
      guard text[end] == UInt8(ascii: ";") else { continue }
      // The whole of a character reference, such as that of a quotation mark.
      let name = text[..<end].reversed().prefix { $0.isLetter || $0.isDigit || $0 == 0x23 }.count
      if end - name > text.startIndex, text[end - name - 1] == UInt8(ascii: "&") {
        end -= name + 1
      }
    }
    return end - text.startIndex > 9 ? end : nil
  }

  /// The place after a mark at the beginning of a text; in addresses it is percent-encoded.
  private static func place(after mark: [UInt8], in text: ArraySlice<UInt8>) -> Int? {
    if text.starts(with: mark) { return text.startIndex + mark.count }
    guard text.first == UInt8(ascii: "%") else { return nil }
    let encoded = mark.map { "%" + String($0, radix: 16, uppercase: true) }.joined()
    return text.starts(with: encoded.utf8) ? text.startIndex + encoded.utf8.count : nil
  }

  /// The number of a formula at the beginning of a text, from 0, and the place after it.
  private static func number(in text: ArraySlice<UInt8>) -> (Int, Int)? {
    guard var index = place(after: MathFinder.opening, in: text) else { return nil }
    var number = 0
    while index < text.endIndex, text[index].isDigit, number < 100_000_000 {
      number = number * 10 + Int(text[index] - 0x30)
      index += 1
    }
    guard number >= MathFinder.base,
      let after = place(after: MathFinder.closing, in: text[index...])
    else { return nil }
    return (number - MathFinder.base, after)
  }
}

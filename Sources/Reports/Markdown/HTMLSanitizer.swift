/// Makes foreign HTML safe to be part of a page: it is read as browsers read it, and written anew
/// with the elements and attributes that are known to be harmless (``HTMLAllowed``).
///
/// The result has as many end tags as start tags, so it cannot end an element around it.
struct HTMLSanitizer {
  /// Whether style sheets are kept, for a place from which they do not reach the page.
  var keepsStyles = false
  /// The markup of an `iframe`, which is left out if nil.
  var frame: (HTMLTokenizer.Tag) -> String? = { _ in nil }
  /// Converts formulas in texts of HTML that is not from Markdown; nil if they stay as they are.
  var math: MathConverter?
  /// The additions for Markdown; nil for other HTML.
  var markdown: MarkdownMarkup?

  private var result = Markup()
  private var open: [String] = []
  /// The elements to leave out that are open.
  private var leftOut: [String] = []

  /// The maximum depth of elements.
  private static let depthLimit = 200

  init() {}

  /// The safe form of HTML.
  mutating func sanitized(_ html: [UInt8]) -> Markup {
    var tokenizer = HTMLTokenizer(html)
    while let token = tokenizer.next() {
      switch token {
      case .text(let range): if leftOut.isEmpty { put(text: html[range]) }
      case .start(let tag): start(tag, &tokenizer)
      case .end(let name): end(name)
      }
    }
    while let name = open.popLast() { close(name) }
    return result
  }

  // MARK: Elements

  private mutating func start(_ tag: HTMLTokenizer.Tag, _ tokenizer: inout HTMLTokenizer) {
    if HTMLAllowed.rawText.contains(tag.name) {
      let content = tokenizer.rawText(of: tag.name)
      guard leftOut.isEmpty else { return }
      // In a drawing browsers read the content of a style sheet as markup.
      let isText =
        !open.contains("svg") || !tokenizer.bytes[content].contains(UInt8(ascii: "<"))
      if tag.name == "style", keepsStyles, isText {
        result.put("<style>")
        result.put(tokenizer.bytes[content])
        result.put("</style>")
      } else if tag.name == "iframe", let frame = frame(tag) {
        result.put(frame)
      }
      return
    }
    if HTMLAllowed.leftOut.contains(tag.name) {
      if leftOut.count < HTMLSanitizer.depthLimit { leftOut.append(tag.name) }
      return
    }
    let isDrawing = HTMLAllowed.drawing.contains(tag.name)
    guard leftOut.isEmpty, isDrawing || HTMLAllowed.elements.contains(tag.name),
      open.count < HTMLSanitizer.depthLimit
    else { return }
    if tag.name == "input", tag["type"].map({ $0 == Array("checkbox".utf8) }) != true { return }
    // Browsers leave out parts of tables elsewhere.
    if HTMLAllowed.tableParts.contains(tag.name), !open.contains("table") { return }
    while let place = HTMLAllowed.endedPlace(in: open, before: tag.name, isDrawing: isDrawing) {
      while open.count > place { close(open.removeLast()) }
    }
    while let last = open.last, HTMLAllowed.ends(last, before: tag.name) {
      open.removeLast()
      close(last)
    }
    markdown?.start(tag.name, at: result.count)
    result.put("<\(tag.name)")
    for attribute in tag.attributes { put(attribute, of: tag.name, isDrawing: isDrawing) }
    result.put(">")
    guard !HTMLAllowed.void.contains(tag.name) else { return }
    if tag.name == "code", open.last == "pre", let language = language(of: tag), markdown != nil {
      let code = CharacterReference.decoded(tokenizer.bytes[tokenizer.rawText(of: "code")])
      CodeMarkup.put(markdown?.restored(code) ?? code, language, into: &result)
      result.put("</code>")
      return
    }
    open.append(tag.name)
  }

  private func language(of tag: HTMLTokenizer.Tag) -> CodeLanguage? {
    guard let value = tag["class"] else { return nil }
    let name = CharacterReference.decoded(value)
    return name.hasPrefix("language-") ? CodeLanguage.named(String(name.dropFirst(9))) : nil
  }

  private mutating func end(_ name: String) {
    if !leftOut.isEmpty {
      if let place = leftOut.lastIndex(of: name) { leftOut.removeSubrange(place...) }
      return
    }
    var place = open.count - 1
    while place >= 0, open[place] != name {
      // An end tag in a cell of a table does not end an element around the table.
      if open[place] == "td" || open[place] == "th", !HTMLSanitizer.tableParts.contains(name) {
        return
      }
      place -= 1
    }
    guard place >= 0 else { return }
    while open.count > place { close(open.removeLast()) }
  }

  private static let tableParts: Set<String> = [
    "table", "tr", "td", "th", "tbody", "thead", "tfoot",
  ]

  private mutating func close(_ name: String) {
    result.put("</\(name)>")
    markdown?.end(name, in: &result)
  }

  // MARK: Attributes

  private mutating func put(
    _ attribute: (name: String, value: [UInt8]), of element: String, isDrawing: Bool
  ) {
    var value = attribute.value
    switch attribute.name {
    case "href", "xlink:href":
      if isDrawing {
        guard element == "use", value.first == UInt8(ascii: "#") else { return }
      } else if element != "a" {
        return
      }
      guard var address = PageAddress.safe(value, for: .link) else { return }
      if let markdown { address = markdown.link(address) }
      result.put(" href=\"")
      result.put(escaping: address)
      return result.put(
        isDrawing || address.hasPrefix("#") ? "\"" : "\" rel=\"noopener noreferrer\"")
    case "src":
      let use: PageAddress.Use
      switch element {
      case "img": use = .image
      case "audio", "video", "source": use = .sound
      default: return
      }
      var address = PageAddress.safe(value, for: use)
      if let markdown {
        address = (use == .image ? markdown.image(value) : nil) ?? address.map(markdown.restored)
      }
      guard let address else { return }
      result.put(" src=\"")
      result.put(escaping: address)
      return result.put("\"")
    case "type": guard element == "input" || element == "ol" || element == "li" else { return }
    case "name", "id":
      guard attribute.name == "id" || element == "a" else { return }
      // As browsers read it, and as it is written: without control characters.
      let plain = CharacterReference.decoded(value).utf8.filter { $0 >= 0x20 }
      guard let id = markdown?.id(plain) ?? HTMLSanitizer.id(plain) else { return }
      value = Array(String(decoding: id, as: UTF8.self).asHTML.utf8)
    case let name
    where name.hasPrefix("aria-") && name.utf8.allSatisfy({ $0.isLetter || $0 == 0x2D }):
      break
    case let name:
      guard
        HTMLAllowed.attributes.contains(name)
          || isDrawing && HTMLAllowed.drawingAttributes.contains(name)
      else { return }
    }
    if let markdown {
      value = Array(markdown.restored(String(decoding: value, as: UTF8.self)).utf8)
    }
    result.put(" \(attribute.name)=\"")
    put(attributeValue: value)
    result.put("\"")
  }

  /// An id, unless it is one that the page gives to its cells.
  static func id(_ value: [UInt8]) -> [UInt8]? {
    let prefix = Array("cell-".utf8)
    let isOurs = value.starts(with: prefix) && value.dropFirst(prefix.count).allSatisfy(\.isDigit)
    return isOurs || value.isEmpty ? nil : value
  }

  /// Appends a value with its character references.
  private mutating func put(attributeValue value: [UInt8]) {
    for byte in value {
      switch byte {
      case UInt8(ascii: "\""): result.put("&quot;")
      case UInt8(ascii: "<"): result.put("&lt;")
      case UInt8(ascii: ">"): result.put("&gt;")
      case 0x09, 0x0A, 0x20...: result.put(CollectionOfOne(byte))
      default: break
      }
    }
  }

  // MARK: Text

  private mutating func put(text: ArraySlice<UInt8>) {
    if markdown != nil {
      let isCode = open.contains("code") || open.contains("pre")
      let isLinked = isCode || open.contains("a")
      markdown?.put(text: text, isCode: isCode, isLinked: isLinked, into: &result)
    } else if !text.contains(UInt8(ascii: "$")) || !putFormulas(in: text) {
      HTMLSanitizer.put(text: text, into: &result)
    }
  }

  /// Appends a text with its formulas, as JupyterLab shows them in tables.
  ///
  /// - Returns: false, and nothing is appended, if dollars in it are amounts of money.
  private mutating func putFormulas(in text: ArraySlice<UInt8>) -> Bool {
    guard let math, !open.contains("pre"), !open.contains("code") else { return false }
    let finder = MathFinder(CharacterReference.decoded(text), isMarkdown: false)
    let areFormulas = finder.formulas.allSatisfy { formula in
      formula.body.utf8.contains { "\\^_".utf8.contains($0) }
    }
    guard !finder.formulas.isEmpty, areFormulas else { return false }
    var markup = MarkdownMarkup(math: math)
    markup.formulas = finder.formulas
    var escaped = Markup()
    escaped.put(escaping: finder.text)
    markup.put(text: escaped.bytes[...], isCode: false, isLinked: true, into: &result)
    self.math = markup.math
    return true
  }

  /// Appends a text of HTML with its character references.
  static func put(text: ArraySlice<UInt8>, into result: inout Markup) {
    var start = text.startIndex
    for index in text.indices {
      let reference: String
      switch text[index] {
      case UInt8(ascii: "<"): reference = "&lt;"
      case UInt8(ascii: ">"): reference = "&gt;"
      case 0x09, 0x0A, 0x0D, 0x20...: continue
      default: reference = ""
      }
      result.put(text[start..<index])
      result.put(reference)
      start = index + 1
    }
    result.put(text[start...])
  }
}

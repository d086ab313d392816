/// Writes code as HTML with colours.
struct CodeMarkup {
  /// The classes of the parts of code.
  private enum Part: String {
    case keyword = "k"
    case string = "s"
    case comment = "c"
    case number = "m"
    case builtin = "b"
    case function = "f"
    case decorator = "d"
  }

  /// The maximum size of code with colours.
  private static let limit = 1_000_000

  private let code: [UInt8]
  private let language: CodeLanguage
  private var index = 0
  private var plainStart = 0
  private var result: Markup

  /// Appends code.
  static func put(_ code: String, _ language: CodeLanguage?, into result: inout Markup) {
    let bytes = Array(code.utf8)
    guard let language, bytes.count <= limit else { return result.put(escaping: bytes) }
    var markup = CodeMarkup(code: bytes, language: language)
    markup.run()
    result.put(markup.result)
  }

  /// Appends the code of a cell; a magic such as `%%bash` selects the language of what follows it.
  static func put(cell code: String, _ language: CodeLanguage?, into result: inout Markup) {
    guard code.hasPrefix("%%"), let language, language.hasMagics else {
      return put(code, language, into: &result)
    }
    let line = code.prefix { !$0.isNewline }
    let name = line.dropFirst(2).prefix { !$0.isWhitespace }
    result.put("<span class=\"d\">")
    result.put(escaping: String(line))
    result.put("</span>")
    put(
      String(code[line.endIndex...]), CodeLanguage.named(String(name)) ?? language, into: &result)
  }

  private init(code: [UInt8], language: CodeLanguage) {
    self.code = code
    self.language = language
    result = Markup()
  }

  private mutating func run() {
    var isLineStart = true
    while index < code.count {
      let byte = code[index]
      if byte == 0x0A {
        isLineStart = true
        index += 1
        continue
      }
      if byte.isBlank {
        index += 1
        continue
      }
      let wasLineStart = isLineStart
      isLineStart = false
      if wasLineStart, language.hasMagics, byte == UInt8(ascii: "%") || byte == UInt8(ascii: "!") {
        put(.decorator, to: endOfLine(index))
      } else if isComment() {
        put(.comment, to: endOfLine(index))
      } else if let block = language.blockComment, starts(with: block.open) {
        put(.comment, to: end(of: block.close, from: index + block.open.utf8.count))
      } else if let quote = language.quotes.first(where: { starts(with: $0.mark) }),
        !isTransposition()
      {
        put(.string, to: endOfString(quote, from: index))
      } else if byte.isDigit {
        put(.number, to: endOfNumber())
      } else if isNameStart(byte) {
        name()
      } else if byte == UInt8(ascii: "@"), language.hasDecorators, index + 1 < code.count,
        isNameStart(code[index + 1])
      {
        put(.decorator, to: endOfName(index + 1))
      } else if byte == UInt8(ascii: "$"), language.hasVariables {
        put(.builtin, to: endOfName(index + 1))
      } else {
        index += 1
      }
    }
    flush()
  }

  // MARK: Output

  private mutating func flush() {
    result.put(escaping: code[plainStart..<index])
    plainStart = index
  }

  private mutating func put(_ part: Part, to end: Int) {
    flush()
    let end = min(max(end, index + 1), code.count)
    result.put("<span class=\"\(part.rawValue)\">")
    result.put(escaping: code[index..<end])
    result.put("</span>")
    index = end
    plainStart = end
  }

  // MARK: Parts

  private func starts(with text: String) -> Bool { code[index...].starts(with: text.utf8) }

  private func isComment() -> Bool {
    guard language.lineComments.contains(where: { starts(with: $0) }) else { return false }
    // In a shell, $# and a#b are not comments.
    return !language.hasVariables || index == 0 || code[index - 1].isBlank
  }

  private func isTransposition() -> Bool {
    guard language.hasTransposition, code[index] == UInt8(ascii: "'"), index > 0 else {
      return false
    }
    let before = code[index - 1]
    return isNamePart(before) || [")", "]", "}", "'", "."].contains(Unicode.Scalar(before))
  }

  private func isNameStart(_ byte: UInt8) -> Bool {
    byte.isLetter || byte == UInt8(ascii: "_") || byte >= 0x80
  }

  private func isNamePart(_ byte: UInt8) -> Bool { isNameStart(byte) || byte.isDigit }

  private func endOfName(_ start: Int) -> Int {
    code[start...].firstIndex { !isNamePart($0) } ?? code.count
  }

  private func endOfLine(_ start: Int) -> Int { code[start...].firstIndex(of: 0x0A) ?? code.count }

  private func end(of mark: String, from start: Int) -> Int {
    let mark = Array(mark.utf8)
    var place = start
    while place < code.count {
      if code[place] == mark[0], code[place...].starts(with: mark) { return place + mark.count }
      place += 1
    }
    return code.count
  }

  private func endOfString(_ quote: (mark: String, isMultiline: Bool), from start: Int) -> Int {
    let mark = Array(quote.mark.utf8)
    var place = start + mark.count
    while place < code.count {
      if code[place] == UInt8(ascii: "\\") {
        place += 2
        continue
      }
      if code[place] == mark[0], code[place...].starts(with: mark) { return place + mark.count }
      if code[place] == 0x0A, !quote.isMultiline { return place }
      place += 1
    }
    return code.count
  }

  private func endOfNumber() -> Int {
    var place = index + 1
    while place < code.count {
      let byte = code[place]
      let isSign = byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
      let isExponent =
        isSign && code[place - 1] | 0x20 == UInt8(ascii: "e")
        && code[index..<place].allSatisfy {
          $0.isDigit || $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e")
        }
      guard isExponent || byte == UInt8(ascii: ".") || isNamePart(byte) && byte < 0x80 else {
        break
      }
      place += 1
    }
    return place
  }

  private mutating func name() {
    let end = endOfName(index)
    let word = String(decoding: code[index..<end], as: UTF8.self)
    // A prefix of a string, as in f"…".
    if word.utf8.count <= 3, language.hasMagics, word.allSatisfy({ "rbfuRBFU".contains($0) }),
      end < code.count, code[end] == UInt8(ascii: "\"") || code[end] == UInt8(ascii: "'")
    {
      let start = index
      index = end
      if let quote = language.quotes.first(where: { starts(with: $0.mark) }) {
        index = start
        return put(.string, to: endOfString(quote, from: end))
      }
      index = start
    }
    let key = language.ignoresCase ? word.lowercased() : word
    let isMember = index > 0 && code[index - 1] == UInt8(ascii: ".")
    if language.keywords.contains(key), !isMember {
      put(.keyword, to: end)
    } else if language.builtins.contains(key), !isMember {
      put(.builtin, to: end)
    } else if end < code.count, code[end] == UInt8(ascii: "(") {
      put(.function, to: end)
    } else {
      index = end
    }
  }
}

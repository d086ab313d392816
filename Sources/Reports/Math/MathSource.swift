/// A formula in a text, in TeX.
struct MathSource: Equatable {
  /// The formula with its delimiters.
  var source: String
  /// The formula without its delimiters.
  var body: String
  /// Whether it stands on its own.
  var isDisplay: Bool
}

/// Finds the formulas of Markdown, as Jupyter does before the text is read as Markdown.
struct MathFinder {
  /// The text, with numbers instead of formulas.
  private(set) var text: [UInt8] = []
  private(set) var formulas: [MathSource] = []

  /// The characters around the number of a formula, which are for private use.
  static let opening = Array("\u{FA800}".utf8)
  static let closing = Array("\u{FA801}".utf8)
  /// The number of the first formula, which the text of a notebook cannot name; all have 8 digits.
  static let base = Int.random(in: 10_000_000..<90_000_000)

  private let bytes: [UInt8]
  private var index = 0
  private let isMarkdown: Bool
  /// The kinds of ends that were looked for in vain from some place on, so that the search is linear.
  private var missing: Set<String> = []
  /// How many bytes were read in vain for formulas that do not end.
  private var vain = 0

  /// The maximum of ``vain``.
  private static let vainLimit = 4_000_000
  /// The maximum length of a formula.
  private static let limit = 20_000

  /// Finds the formulas of a text.
  ///
  /// - Parameter isMarkdown: whether code in the text has no formulas, and brackets of formulas have
  ///   two backslashes.
  init(_ source: String, isMarkdown: Bool = true) {
    bytes = Array(source.utf8)
    self.isMarkdown = isMarkdown
    text.reserveCapacity(bytes.count)
    var isLineStart = true
    while index < bytes.count {
      let byte = bytes[index]
      if isMarkdown, isLineStart, let end = endOfFence() {
        keep(to: end)
        isLineStart = true
        continue
      }
      isLineStart = byte == 0x0A
      switch byte {
      case UInt8(ascii: "`") where isMarkdown: keep(to: endOfCode())
      case UInt8(ascii: "$"): dollar()
      case UInt8(ascii: "\\"): backslash()
      case MathFinder.opening[0] where bytes[index...].starts(with: MathFinder.opening):
        index += MathFinder.opening.count
      default: keep(to: index + 1)
      }
    }
  }

  private mutating func keep(to end: Int) {
    text.append(contentsOf: bytes[index..<min(end, bytes.count)])
    index = min(end, bytes.count)
  }

  private mutating func take(_ body: Range<Int>, to end: Int, isDisplay: Bool) {
    let source = String(decoding: bytes[index..<end], as: UTF8.self)
    text += MathFinder.opening
    text.append(contentsOf: "\(MathFinder.base + formulas.count)".utf8)
    text += MathFinder.closing
    formulas.append(
      MathSource(
        source: source, body: String(decoding: bytes[body], as: UTF8.self), isDisplay: isDisplay))
    index = end
  }

  // MARK: Code

  /// The end of a fenced block of code that begins with this line; nil if none does.
  private func endOfFence() -> Int? {
    var place = index
    while place < bytes.count, bytes[place] == 0x20 || bytes[place] == UInt8(ascii: ">") {
      place += 1
    }
    guard place < bytes.count,
      bytes[place] == UInt8(ascii: "`") || bytes[place] == UInt8(ascii: "~")
    else { return nil }
    let mark = bytes[place]
    let count = bytes[place...].prefix { $0 == mark }.count
    guard count >= 3 else { return nil }
    var line = endOfLine(place)
    if mark == UInt8(ascii: "`"), bytes[(place + count)..<line].contains(mark) { return nil }
    while line < bytes.count {
      let start = line + 1
      line = endOfLine(start)
      let content = bytes[min(start, line)..<line].drop { $0 == 0x20 || $0 == UInt8(ascii: ">") }
      let marks = content.prefix { $0 == mark }.count
      if marks >= count, content.dropFirst(marks).allSatisfy(\.isBlank) {
        return min(line + 1, bytes.count)
      }
    }
    return bytes.count
  }

  private func endOfLine(_ start: Int) -> Int {
    var place = start
    while place < bytes.count, bytes[place] != 0x0A { place += 1 }
    return min(place, bytes.count)
  }

  /// The end of a span of code, or of the backticks that begin none.
  private mutating func endOfCode() -> Int {
    let start = index + bytes[index...].prefix { $0 == UInt8(ascii: "`") }.count
    let key = "`\(start - index)"
    guard !missing.contains(key) else { return start }
    var place = start
    while place < bytes.count {
      guard bytes[place] == UInt8(ascii: "`") else {
        // A span of code does not go beyond its paragraph.
        if bytes[place] == 0x0A, place + 1 < bytes.count, bytes[place + 1] == 0x0A { return start }
        place += 1
        continue
      }
      let count = bytes[place...].prefix { $0 == UInt8(ascii: "`") }.count
      place += count
      if count == start - index { return place }
    }
    missing.insert(key)
    return start
  }

  // MARK: Formulas

  private mutating func dollar() {
    let isDisplay = index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "$")
    let width = isDisplay ? 2 : 1
    guard let end = closingDollar(from: index + width, width: width) else {
      return keep(to: index + width)
    }
    take((index + width)..<end, to: end + width, isDisplay: isDisplay)
  }

  private mutating func closingDollar(from start: Int, width: Int) -> Int? {
    guard vain < MathFinder.vainLimit else { return nil }
    var place = start
    var depth = 0
    var isFound = false
    defer { if !isFound { vain += place - start } }
    while place < bytes.count, place - start < MathFinder.limit {
      switch bytes[place] {
      case UInt8(ascii: "\\"): place += 1
      case UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "}"): depth -= 1
      case UInt8(ascii: "`") where isMarkdown && width == 1: return nil
      case 0x0A where width == 1:
        // Not beyond the paragraph.
        let next = bytes[(place + 1)...].prefix { $0 == 0x20 || $0 == 0x09 }.count
        if place + 1 + next < bytes.count, bytes[place + 1 + next] == 0x0A { return nil }
      case UInt8(ascii: "$") where depth <= 0:
        if width == 2 {
          if place + 1 < bytes.count, bytes[place + 1] == UInt8(ascii: "$") {
            isFound = true
            return place
          }
          break
        }
        guard place > start else { return nil }
        // "$5 and $10" are amounts of money.
        if place + 1 < bytes.count, bytes[place + 1].isDigit { return nil }
        isFound = true
        return place
      default: break
      }
      place += 1
    }
    return nil
  }

  private mutating func backslash() {
    let rest = bytes[index...]
    if rest.starts(with: "\\begin{".utf8), takeEnvironment() { return }
    let slashes = isMarkdown ? "\\\\" : "\\"
    for (open, close, isDisplay) in [("[", "]", true), ("(", ")", false)]
    where rest.starts(with: (slashes + open).utf8) {
      let start = index + slashes.utf8.count + 1
      if let end = place(of: slashes + close, from: start) {
        return take(start..<end, to: end + slashes.utf8.count + 1, isDisplay: isDisplay)
      }
    }
    // An escaped character, such as \$.
    keep(to: index + 2)
  }

  private mutating func takeEnvironment() -> Bool {
    let start = index + "\\begin{".utf8.count
    let name = bytes[start...].prefix { $0.isLetter || $0 == UInt8(ascii: "*") }
    guard name.count < 24, name.endIndex < bytes.count, bytes[name.endIndex] == UInt8(ascii: "}")
    else { return false }
    let text = String(decoding: name, as: UTF8.self)
    guard MathEnvironment(text) != nil, let end = place(of: "\\end{\(text)}", from: name.endIndex)
    else { return false }
    let after = end + "\\end{\(text)}".utf8.count
    take(index..<after, to: after, isDisplay: true)
    return true
  }

  private mutating func place(of text: String, from start: Int) -> Int? {
    guard !missing.contains(text), vain < MathFinder.vainLimit else { return nil }
    let text = Array(text.utf8)
    var place = start
    while place + text.count <= bytes.count {
      if bytes[place] == text[0], bytes[place...].starts(with: text) {
        if place - start <= MathFinder.limit { return place }
        vain += place - start
        return nil
      }
      place += 1
    }
    missing.insert(String(decoding: text, as: UTF8.self))
    return nil
  }
}

/// The words of a command as a shell reads them, without variables, patterns and substitutions.
struct ShellWords {
  private var words: [String] = []
  /// The word that has begun; nil between words.
  private var word: String?
  private var rest: Substring

  private init(_ text: String) { rest = text[...] }

  /// Splits a command; nil if a quote is not closed, or a backslash is at the end.
  static func split(_ text: String) -> [String]? {
    var reader = ShellWords(text)
    return reader.read() ? reader.words : nil
  }

  private mutating func read() -> Bool {
    while let next = rest.popFirst() {
      switch next {
      case "'": guard take(until: "'", escapes: false) else { return false }
      case "\"": guard take(until: "\"", escapes: true) else { return false }
      case "\\":
        guard let escaped = rest.popFirst() else { return false }
        add(String(escaped))
      case _ where next.isWhitespace: endWord()
      default: add(String(next))
      }
    }
    endWord()
    return true
  }

  /// Reads to a closing quote.
  private mutating func take(until quote: Character, escapes: Bool) -> Bool {
    add("")
    while let next = rest.popFirst() {
      if next == quote { return true }
      // In double quotes a backslash stands for itself before most characters.
      if escapes, next == "\\", let escaped = rest.first, "\"\\$`".contains(escaped) {
        add(String(rest.removeFirst()))
      } else {
        add(String(next))
      }
    }
    return false
  }

  private mutating func add(_ text: String) { word = (word ?? "") + text }

  private mutating func endWord() {
    if let word { words.append(word) }
    word = nil
  }
}

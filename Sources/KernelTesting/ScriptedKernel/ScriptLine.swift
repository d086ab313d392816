/// One line of a cell's script: a command, its arguments, and the faults of its messages.
struct ScriptLine: Sendable {
  var faults: [Fault] = []
  var name: Substring
  /// The rest of the line, unchanged.
  var rest: Substring

  /// An error: a line is not valid.
  struct Invalid: Error {
    var description: String
  }

  /// The lines of a script, without empty ones and comments (`#`).
  static func all(in code: String) throws(Invalid) -> [ScriptLine] {
    var lines: [ScriptLine] = []
    for text in code.split(whereSeparator: \.isNewline) {
      let text = text.drop { $0 == " " }
      if text.isEmpty || text.hasPrefix("#") { continue }
      lines.append(try ScriptLine(text))
    }
    return lines
  }

  private init(_ text: Substring) throws(Invalid) {
    var (name, rest) = ScriptLine.word(text)
    if name == "with" {
      let (list, command) = ScriptLine.word(rest)
      guard let faults = Fault.list(list) else {
        throw Invalid(description: "'\(list)' is not a list of faults")
      }
      self.faults = faults
      (name, rest) = ScriptLine.word(command)
    }
    self.name = name
    self.rest = rest
  }

  /// The rest of the line, with its escapes replaced.
  var text: String { ScriptLine.unescaped(rest) }

  /// The first word of the rest, and the text after it, unchanged.
  var firstWord: (word: String, rest: Substring) {
    let (word, rest) = ScriptLine.word(self.rest)
    return (String(word), rest)
  }

  private static func word(_ text: Substring) -> (Substring, Substring) {
    guard let space = text.firstIndex(of: " ") else { return (text, "") }
    return (text[..<space], text[text.index(after: space)...])
  }

  /// Replaces the escapes `\n`, `\r`, `\t`, `\e` and `\\`, which mean the same as in most
  /// languages.
  static func unescaped(_ text: Substring) -> String {
    guard text.contains("\\") else { return String(text) }
    var result = ""
    var isEscaped = false
    for character in text {
      if !isEscaped {
        isEscaped = character == "\\"
        if !isEscaped { result.append(character) }
        continue
      }
      isEscaped = false
      switch character {
      case "n": result.append("\n")
      case "r": result.append("\r")
      case "t": result.append("\t")
      case "e": result.append("\u{1B}")
      case "\\": result.append("\\")
      default: result += ["\\", character]
      }
    }
    return result
  }
}

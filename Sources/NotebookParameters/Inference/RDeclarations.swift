/// Reads the parameters that an R cell declares: assignments to single names at the top level, with
/// their defaults and comments.
enum RDeclarations {
  static func read(_ source: String) -> [DeclaredParameter] {
    let reader = tokens(of: source)
    return reader.declarations { parameters($0, $1, reader) }
  }

  private static let arrows: Set<String> = ["<-", "<<-", "=", ":="]
  private static let keywords = R().names.reserved

  private static func parameters(
    _ tokens: [SourceToken], _ comment: String, _ reader: SourceReader
  ) -> [DeclaredParameter] {
    var names: [String] = []
    var value = tokens[...]
    while value.count >= 3, let name = name(value[value.startIndex]),
      value[value.startIndex + 1].kind == .operation,
      arrows.contains(value[value.startIndex + 1].text)
    {
      names.append(name)
      value = value.dropFirst(2)
    }
    if names.isEmpty, tokens.count >= 3, ["->", "->>"].contains(tokens[tokens.count - 2].text),
      let name = name(tokens[tokens.count - 1])
    {
      names = [name]
      value = tokens.dropLast(2)
    }
    let text = reader.joined(value)
    return names.map {
      DeclaredParameter(
        name: $0, type: literalType(Array(value)), defaultValue: text, help: comment)
    }
  }

  /// The variable name in a token: a word, or a quoted text.
  private static func name(_ token: SourceToken) -> String? {
    switch token.kind {
    case .name:
      if token.text.hasPrefix("`") { return String(token.text.dropFirst().dropLast()) }
      return keywords.contains(token.text) ? nil : token.text
    case .string: return String(token.text.dropFirst().dropLast())
    default: return nil
    }
  }

  /// The type of a literal; nil for another expression, and for `NULL`, which has no useful type.
  private static func literalType(_ value: [SourceToken]) -> String? {
    var value = value
    if value.count == 2, value[0].isOperator("-") || value[0].isOperator("+") {
      value.removeFirst()
    }
    guard let first = value.first else { return nil }
    if value.count == 1 {
      switch first.kind {
      case .number: return first.text.hasSuffix("L") ? "integer" : "numeric"
      case .string: return "character"
      case .name:
        if ["TRUE", "FALSE", "T", "F", "NA"].contains(first.text) { return "logical" }
        return ["Inf", "NaN"].contains(first.text) ? "numeric" : nil
      default: return nil
      }
    }
    guard first.kind == .name, value[1].isOperator("("), value.last?.isOperator(")") == true else {
      return first.text == "function" ? "function" : nil
    }
    switch first.text {
    case "list", "data.frame", "factor", "matrix": return first.text
    case "c":
      guard value.count > 3, let element = literalType([value[2]]) else { return nil }
      return "\(element) vector"
    default: return nil
    }
  }

  // MARK: Tokens

  private static let operators = [
    "<<-", "->>", ":::", "<-", "->", "<=", ">=", "==", "!=", "&&", "||", "|>", "::", ":=",
  ]

  private static func tokens(of source: String) -> SourceReader {
    var reader = SourceReader(source)
    while let character = reader.peek() {
      switch character {
      case "\n", "\r":
        if reader.depth == 0, !isUnfinished(reader) { reader.end() }
        reader.advance()
      case ";" where reader.depth == 0:
        reader.end()
        reader.advance()
      case " ", "\t", "\u{0C}", "\u{A0}": reader.advance()
      case "#": reader.token(.comment) { $0.advance { $0 != "\n" && $0 != "\r" } }
      case "0"..."9": reader.token(.number, readNumber)
      case "." where reader.peek(1).map(isDigit) ?? false: reader.token(.number, readNumber)
      case "\"", "'": reader.token(.string) { readQuoted(&$0, character) }
      case "`": reader.token(.name) { readQuoted(&$0, character) }
      case "r", "R":
        if rawStringDashes(reader) != nil {
          reader.token(.string, readRawString)
        } else {
          reader.token(.name, readName)
        }
      case "%": reader.token(.operation, readPercentOperator)
      case _ where character == "." || character.properties.isAlphabetic:
        reader.token(.name, readName)
      default: reader.operation(operators)
      }
    }
    return reader
  }

  /// Whether the statement continues after the last token: an operator that is not a closing
  /// bracket.
  private static func isUnfinished(_ reader: SourceReader) -> Bool {
    guard let last = reader.lastInCode else { return false }
    return last.kind == .operation && ![")", "]", "}"].contains(last.text)
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  private static func readName(_ reader: inout SourceReader) {
    reader.advance {
      $0 == "." || $0 == "_" || isDigit($0) || $0.properties.isAlphabetic
    }
  }

  private static func readNumber(_ reader: inout SourceReader) {
    while let character = reader.peek() {
      let previous = reader.index > 0 ? reader.characters[reader.index - 1] : " "
      let isSign = (character == "+" || character == "-") && (previous == "e" || previous == "E")
      guard isSign || character == "." || isDigit(character) || character.properties.isAlphabetic
      else { return }
      reader.advance()
    }
  }

  private static func readQuoted(_ reader: inout SourceReader, _ quote: Unicode.Scalar) {
    reader.advance()
    while let character = reader.peek() {
      if character == "\\" {
        reader.advance(2)
      } else {
        reader.advance()
        if character == quote { return }
      }
    }
  }

  private static func readPercentOperator(_ reader: inout SourceReader) {
    reader.advance()
    reader.advance { $0 != "%" && $0 != "\n" }
    if reader.peek() == "%" { reader.advance() }
  }

  /// The number of dashes before a raw string's bracket, r"--(…)--"; nil if none begins here.
  private static func rawStringDashes(_ reader: SourceReader) -> Int? {
    guard reader.peek(1) == "\"" || reader.peek(1) == "'" else { return nil }
    var dashes = 0
    while reader.peek(2 + dashes) == "-" { dashes += 1 }
    guard let bracket = reader.peek(2 + dashes), "([{".unicodeScalars.contains(bracket) else {
      return nil
    }
    return dashes
  }

  private static func readRawString(_ reader: inout SourceReader) {
    guard let dashes = rawStringDashes(reader), let quote = reader.peek(1),
      let bracket = reader.peek(2 + dashes)
    else { return reader.advance() }
    let closing = bracket == "(" ? ")" : bracket == "[" ? "]" : "}"
    let end = closing + String(repeating: "-", count: dashes) + String(Character(quote))
    reader.advance(3 + dashes)
    while !reader.isAtEnd, !reader.starts(with: end) { reader.advance() }
    reader.advance(end.unicodeScalars.count)
  }
}

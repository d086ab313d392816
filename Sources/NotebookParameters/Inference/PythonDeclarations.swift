/// Reads the parameters that a Python cell declares: assignments to single names at the top level,
/// with their annotations, defaults and comments.
enum PythonDeclarations {
  static func read(_ source: String) -> [DeclaredParameter] {
    let reader = tokens(of: source)
    let blockLines = blockLines(reader)
    return reader.declarations { parameters($0, $1, reader, blockLines) }
  }

  /// The rule for Python's variable names.
  static let nameRule = NameRule(
    reserved: """
      False None True and as assert async await break class continue def del elif else except \
      finally for from global if import in is lambda nonlocal not or pass raise return try while \
      with yield
      """)

  private static func parameters(
    _ tokens: [SourceToken], _ comment: String, _ reader: SourceReader, _ blockLines: Set<Int>
  ) -> [DeclaredParameter] {
    guard tokens.count >= 2, tokens[0].kind == .name, !nameRule.reserved.contains(tokens[0].text),
      isTopLevel(tokens[0], reader), !blockLines.contains(tokens[0].lines.lowerBound)
    else { return [] }
    let (typeComment, help) = split(comment)
    var names = [tokens[0].text]
    var type: String?
    var place = 1
    if tokens[1].isOperator(":") {
      place = end(of: tokens, from: 2)
      guard place > 2 else { return [] }
      type = unquoted(reader.joined(tokens[2..<place]), tokens[2..<place])
    }
    guard place < tokens.count else {
      return [DeclaredParameter(name: names[0], type: type ?? typeComment, help: help)]
    }
    guard tokens[place].isOperator("=") else { return [] }
    place += 1
    while type == nil, place + 1 < tokens.count, tokens[place].kind == .name,
      !nameRule.reserved.contains(tokens[place].text), tokens[place + 1].isOperator("=")
    {
      names.append(tokens[place].text)
      place += 2
    }
    let value = tokens[place...]
    guard !value.isEmpty, !isTuple(value) || names.count == 1 else { return [] }
    let text = reader.joined(value)
    return names.map {
      DeclaredParameter(
        name: $0, type: type ?? typeComment ?? literalType(Array(value)), defaultValue: text,
        help: help)
    }
  }

  /// Whether a statement is not part of a block: only other statements precede it on its line.
  private static func isTopLevel(_ token: SourceToken, _ reader: SourceReader) -> Bool {
    let start = token.range.lowerBound - token.column
    return reader.characters.indices.contains(start) && reader.characters[start] != " "
      && reader.characters[start] != "\t"
  }

  /// The lines that begin with a keyword, such as `if x: a = 1; b = 2`.
  private static func blockLines(_ reader: SourceReader) -> Set<Int> {
    var lines: Set<Int> = []
    var line = -1
    for token in reader.tokens where token.lines.upperBound > line {
      let isKeyword =
        token.kind == .name && nameRule.reserved.contains(token.text) && token.text != "import"
        && token.text != "from"
      if isKeyword, token.lines.lowerBound > line { lines.insert(token.lines.lowerBound) }
      line = token.lines.upperBound
    }
    return lines
  }

  /// The index of the `=` that ends an annotation, or the end.
  private static func end(of tokens: [SourceToken], from start: Int) -> Int {
    var depth = 0
    for place in start..<tokens.count {
      if ["(", "[", "{"].contains(tokens[place].text) { depth += 1 }
      if [")", "]", "}"].contains(tokens[place].text) { depth -= 1 }
      if depth == 0, tokens[place].isOperator("=") { return place }
    }
    return tokens.count
  }

  /// An annotation without the quotes that delay its evaluation.
  private static func unquoted(_ text: String, _ tokens: ArraySlice<SourceToken>) -> String {
    guard tokens.count == 1, tokens.first?.kind == .string,
      let quote = text.first, text.count >= 2, text.last == quote
    else { return text }
    return String(text.dropFirst().dropLast())
  }

  /// The type and the description in a comment such as `type: List[str] what it is for`.
  private static func split(_ comment: String) -> (type: String?, help: String) {
    guard comment.hasPrefix("type:") else { return (nil, comment) }
    let rest = String(comment.dropFirst(5)).trimmed
    var depth = 0
    var end = rest.startIndex
    while end < rest.endIndex {
      let character = rest[end]
      if "[(".contains(character) { depth += 1 }
      if ")]".contains(character) { depth -= 1 }
      if character.isWhitespace, depth <= 0 {
        // A union continues after its bar.
        let next = rest[end...].drop(while: \.isWhitespace)
        guard next.first == "|" || rest[..<end].last == "|" else { break }
        end = next.startIndex
      } else {
        end = rest.index(after: end)
      }
    }
    let type = String(rest[..<end])
    let help = String(rest[end...]).trimmed
    // A directive for type checkers.
    if type.isEmpty || type == "ignore" || type.hasPrefix("ignore[") { return (nil, help) }
    return (unquotedType(type), help)
  }

  private static func unquotedType(_ type: String) -> String {
    guard let quote = type.first, quote == "\"" || quote == "'", type.count > 2,
      type.last == quote
    else { return type }
    return String(type.dropFirst().dropLast())
  }

  // MARK: Types of literals

  /// The type of a literal; nil for another expression, and for `None`, which has no useful type.
  private static func literalType(_ value: [SourceToken]) -> String? {
    var value = value
    if value.count == 2, value[0].isOperator("-") || value[0].isOperator("+"),
      value[1].kind == .number
    {
      value.removeFirst()
    }
    guard let first = value.first else { return nil }
    if value.allSatisfy({ $0.kind == .string }) {
      let prefix = first.text.prefix { $0 != "'" && $0 != "\"" }.lowercased()
      return prefix.contains("b") ? "bytes" : "str"
    }
    if value.count == 1 {
      switch first.kind {
      case .number: return numberType(first.text.lowercased())
      case .name: return first.text == "True" || first.text == "False" ? "bool" : nil
      default: return nil
      }
    }
    guard first.kind == .operation, isClosedByLast(value) else { return nil }
    let inner = topLevelOperators(value)
    switch first.text {
    case "[": return "list"
    case "{": return value.count == 2 || inner.contains(":") ? "dict" : "set"
    case "(": return value.count == 2 || inner.contains(",") ? "tuple" : nil
    default: return nil
    }
  }

  private static func numberType(_ text: String) -> String {
    if text.hasSuffix("j") { return "complex" }
    if text.hasPrefix("0x") || text.hasPrefix("0o") || text.hasPrefix("0b") { return "int" }
    return text.contains(where: { $0 == "." || $0 == "e" }) ? "float" : "int"
  }

  /// Whether the bracket that opens a value is closed by its last token.
  private static func isClosedByLast(_ value: [SourceToken]) -> Bool {
    var depth = 0
    for (place, token) in value.enumerated() where token.kind == .operation {
      if ["(", "[", "{"].contains(token.text) { depth += 1 }
      if [")", "]", "}"].contains(token.text) {
        depth -= 1
        if depth == 0 { return place == value.count - 1 }
      }
    }
    return false
  }

  /// The operators at the level of the outermost brackets.
  private static func topLevelOperators(_ value: [SourceToken]) -> Set<String> {
    var depth = 0
    var found: Set<String> = []
    for token in value where token.kind == .operation {
      if [")", "]", "}"].contains(token.text) { depth -= 1 }
      if depth == 1 { found.insert(token.text) }
      if ["(", "[", "{"].contains(token.text) { depth += 1 }
    }
    return found
  }

  /// Whether a value is a tuple without parentheses.
  private static func isTuple(_ value: ArraySlice<SourceToken>) -> Bool {
    var depth = 0
    for token in value where token.kind == .operation {
      if ["(", "[", "{"].contains(token.text) { depth += 1 }
      if [")", "]", "}"].contains(token.text) { depth -= 1 }
      if depth == 0, token.text == "," { return true }
    }
    return false
  }

  // MARK: Tokens

  private static let operators = [
    "**=", "//=", ">>=", "<<=", "...", "==", "!=", "<=", ">=", "+=", "-=", "*=", "/=", "%=", "&=",
    "|=", "^=", "@=", "->", ":=", "**", "//", ">>", "<<",
  ]

  private static func tokens(of source: String) -> SourceReader {
    var reader = SourceReader(source)
    while let character = reader.peek() {
      if reader.column == 0, reader.depth == 0, "%!?".unicodeScalars.contains(character) {
        // An IPython line, not Python.
        reader.advance { $0 != "\n" }
        continue
      }
      switch character {
      case "\n", "\r":
        if reader.depth == 0 { reader.end() }
        reader.advance()
      case ";" where reader.depth == 0:
        reader.end()
        reader.advance()
      case "\\" where reader.peek(1) == "\n": reader.advance(2)
      case " ", "\t", "\u{0C}": reader.advance()
      case "#": reader.token(.comment) { $0.advance { $0 != "\n" && $0 != "\r" } }
      case "0"..."9": reader.token(.number, readNumber)
      case "." where reader.peek(1).map(isDigit) ?? false: reader.token(.number, readNumber)
      case _ where stringPrefix(reader) != nil: reader.token(.string, readString)
      case _ where isNameStart(character):
        reader.token(.name) { $0.advance { isNameStart($0) || $0.properties.isXIDContinue } }
      default: reader.operation(operators)
      }
    }
    return reader
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  private static func isNameStart(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar.properties.isXIDStart
  }

  private static func readNumber(_ reader: inout SourceReader) {
    while let character = reader.peek() {
      let previous = reader.index > 0 ? reader.characters[reader.index - 1] : " "
      let isSign = (character == "+" || character == "-") && (previous == "e" || previous == "E")
      guard isSign || character == "." || isNameStart(character) || isDigit(character) else {
        return
      }
      reader.advance()
    }
  }

  /// The number of letters before a string's quote; nil if no string begins here.
  private static func stringPrefix(_ reader: SourceReader) -> Int? {
    for length in 0...2 {
      guard let character = reader.peek(length) else { return nil }
      if character == "'" || character == "\"" { return length }
      guard "rRbBuUfFtT".unicodeScalars.contains(character) else { return nil }
    }
    return nil
  }

  private static func readString(_ reader: inout SourceReader) {
    reader.advance(stringPrefix(reader) ?? 0)
    guard let quote = reader.peek() else { return }
    let triple = String(repeating: Character(quote), count: 3)
    let isTriple = reader.starts(with: triple)
    reader.advance(isTriple ? 3 : 1)
    while let character = reader.peek() {
      if character == "\\" {
        reader.advance(2)
      } else if isTriple ? reader.starts(with: triple) : character == quote {
        reader.advance(isTriple ? 3 : 1)
        return
      } else if !isTriple, character == "\n" {
        return
      } else {
        reader.advance()
      }
    }
  }
}

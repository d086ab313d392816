/// A token of source text.
struct SourceToken {
  /// The kind of token.
  enum Kind {
    case name
    case number
    case string
    case comment
    case operation
    /// The end of a statement: a line break or a semicolon.
    case end
  }

  var kind: Kind
  /// Its range among the characters of the source.
  var range: Range<Int>
  /// The lines in which it begins and ends, from 0.
  var lines: ClosedRange<Int>
  /// Its text.
  var text: String
  /// The column in which it begins.
  var column: Int
}

extension SourceToken {
  /// Whether it is a given operator.
  func isOperator(_ text: String) -> Bool { kind == .operation && self.text == text }
}

/// Source text with a position: the shared part of the tokenizers.
///
/// Invalid text (a string without an end, unbalanced brackets) ends somewhere; it never stops the
/// reader.
struct SourceReader {
  let characters: [Unicode.Scalar]
  var index = 0
  private(set) var line = 0
  private var lineStart = 0
  private(set) var tokens: [SourceToken] = []
  /// The last token other than a comment.
  private(set) var lastInCode: SourceToken?
  /// The number of open brackets.
  var depth = 0

  init(_ source: String) {
    characters = Array(source.unicodeScalars)
  }

  var isAtEnd: Bool { index >= characters.count }
  var column: Int { index - lineStart }

  /// The character at an offset; nil after the end.
  func peek(_ offset: Int = 0) -> Unicode.Scalar? {
    index + offset < characters.count ? characters[index + offset] : nil
  }

  func starts(with text: String) -> Bool {
    var place = index
    for scalar in text.unicodeScalars {
      guard place < characters.count, characters[place] == scalar else { return false }
      place += 1
    }
    return true
  }

  /// Advances by a number of characters and counts lines.
  mutating func advance(_ count: Int = 1) {
    for _ in 0..<count where !isAtEnd {
      let character = characters[index]
      index += 1
      if character == "\n" || (character == "\r" && peek() != "\n") {
        line += 1
        lineStart = index
      }
    }
  }

  mutating func advance(while condition: (Unicode.Scalar) -> Bool) {
    while let character = peek(), condition(character) { advance() }
  }

  /// Adds a token of the text that `read` consumes.
  mutating func token(_ kind: SourceToken.Kind, _ read: (inout SourceReader) -> Void) {
    let (start, firstLine, column) = (index, line, column)
    read(&self)
    append(
      SourceToken(
        kind: kind, range: start..<index, lines: firstLine...max(line, firstLine),
        text: text(start..<index), column: column))
  }

  private mutating func append(_ token: SourceToken) {
    tokens.append(token)
    if token.kind != .comment { lastInCode = token }
  }

  /// Adds the end of a statement.
  mutating func end() {
    append(
      SourceToken(kind: .end, range: index..<index, lines: line...line, text: "", column: column))
  }

  /// Adds an operator: the longest match, or one character.
  mutating func operation(_ operators: [String]) {
    let length = operators.first { starts(with: $0) }?.unicodeScalars.count ?? 1
    switch peek() {
    case "(", "[", "{": depth += 1
    case ")", "]", "}": depth = max(depth - 1, 0)
    default: break
    }
    token(.operation) { $0.advance(length) }
  }

  func text(_ range: Range<Int>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: characters[range])
    return String(text)
  }

  /// The text of tokens on one line, without line breaks and comments.
  func joined(_ tokens: ArraySlice<SourceToken>) -> String {
    var result = ""
    var last: SourceToken?
    for token in tokens where token.kind != .comment {
      if let last {
        if last.lines.upperBound == token.lines.lowerBound {
          result += text(last.range.upperBound..<token.range.lowerBound)
        } else if !["(", "[", "{", ","].contains(last.text)
          && ![")", "]", "}"].contains(token.text)
        {
          result += " "
        }
      }
      result += token.text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        .joined(separator: "\\n")
      last = token
    }
    return result
  }

  /// The parameters that the statements declare; a repeated one has the last value, in the place of
  /// the first.
  func declarations(
    _ read: (_ tokens: [SourceToken], _ comment: String) -> [DeclaredParameter]
  ) -> [DeclaredParameter] {
    var found: [DeclaredParameter] = []
    var places: [String: Int] = [:]
    for (tokens, comment) in statements {
      for parameter in read(tokens, comment) {
        if let place = places[parameter.name] {
          found[place] = parameter
        } else {
          places[parameter.name] = found.count
          found.append(parameter)
        }
      }
    }
    return found
  }

  /// The statements: their tokens without comments, and the comment beside the end of each.
  var statements: [(tokens: [SourceToken], comment: String)] {
    var statements: [(tokens: [SourceToken], comment: String)] = []
    var current: [SourceToken] = []
    var comment = (text: "", line: -1)
    func finish() {
      guard let last = current.last else { return }
      let isBeside = comment.line == last.lines.upperBound
      statements.append((current, isBeside ? comment.text : ""))
      current = []
    }
    for token in tokens {
      switch token.kind {
      case .end: finish()
      case .comment:
        let text = token.text.drop { $0 == "#" || $0 == "'" }
        comment = (String(text).trimmed, token.lines.lowerBound)
      default: current.append(token)
      }
    }
    finish()
    return statements
  }
}

extension String {
  /// The text without white space at both ends.
  var trimmed: String {
    let start = drop(while: \.isWhitespace)
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...last])
  }
}

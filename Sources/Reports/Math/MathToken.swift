/// A token of TeX.
enum MathToken: Equatable {
  /// A command without its backslash: a name, or one other character.
  case command(String)
  case character(Character)
  case open, close, superscript, `subscript`, align, space
  /// A parameter in the body of a macro.
  case parameter(Int)

  /// The tokens of a formula.
  static func tokens(of text: String) -> [MathToken] {
    var tokens: [MathToken] = []
    var rest = text[...]
    while let character = rest.popFirst() {
      switch character {
      case "\\":
        guard let first = rest.first else { break }
        if isLetter(first) {
          let name = rest.prefix(while: isLetter)
          rest = rest[name.endIndex...]
          tokens.append(.command(String(name)))
          // Blanks after a name only end it.
          rest = rest.drop(while: \.isWhitespace)
        } else {
          rest.removeFirst()
          tokens.append(.command(first.isWhitespace ? " " : String(first)))
        }
      case "{": tokens.append(.open)
      case "}": tokens.append(.close)
      case "^": tokens.append(.superscript)
      case "_": tokens.append(.subscript)
      case "&": tokens.append(.align)
      case "~": tokens.append(.command(" "))
      case "%": rest = rest.drop { !$0.isNewline }
      case "#":
        if let number = rest.first?.wholeNumberValue, (1...9).contains(number) {
          rest.removeFirst()
          tokens.append(.parameter(number))
        } else {
          tokens.append(.character(character))
        }
      case _ where character.isWhitespace:
        if tokens.last != .space { tokens.append(.space) }
      default: tokens.append(.character(character))
      }
    }
    return tokens
  }

  private static func isLetter(_ character: Character) -> Bool {
    character.isASCII && character.isLetter
  }

  /// The token as TeX.
  var source: String {
    switch self {
    case .command(let name): "\\" + name
    case .character(let character): String(character)
    case .open: "{"
    case .close: "}"
    case .superscript: "^"
    case .subscript: "_"
    case .align: "&"
    case .space: " "
    case .parameter(let number): "#\(number)"
    }
  }
}

/// Literals for texts in Python.
enum PythonText {
  /// A literal in one line, with the quotes that `black` prefers.
  static func line(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy {
      (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "\"")
    }
    // Most texts are names and paths.
    if isPlain { return "\"\(text)\"" }
    let doubles = text.unicodeScalars.count { $0 == "\"" }
    let singles = text.unicodeScalars.count { $0 == "'" }
    let quote: Unicode.Scalar = doubles > singles ? "'" : "\""
    var literal = String(quote)
    for scalar in text.unicodeScalars {
      if scalar == quote {
        literal += "\\\(scalar)"
      } else {
        literal += escaped(scalar)
      }
    }
    return literal + String(quote)
  }

  /// Whether a text is easier to read in several lines.
  static func isMultiline(_ text: String) -> Bool { text.unicodeScalars.contains("\n") }

  /// A literal in as many lines as the text has.
  static func lines(_ text: String) -> String {
    var literal = "\"\"\"\\\n"
    var quotes = 0
    for scalar in text.unicodeScalars {
      quotes = scalar == "\"" ? quotes + 1 : 0
      switch scalar {
      case "\n": literal += "\n"
      case "\"" where quotes == 3:
        literal += "\\\""
        quotes = 0
      default: literal += escaped(scalar)
      }
    }
    // A quote at the end would close the literal too early.
    if quotes > 0 {
      literal.removeLast()
      literal += "\\\""
    }
    return literal + "\"\"\""
  }

  /// A character within a literal.
  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    if (0x20..<0x7F).contains(scalar.value), scalar != "\\" { return String(scalar) }
    switch scalar {
    case "\\": return "\\\\"
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    default: break
    }
    switch scalar.properties.generalCategory {
    // Also those that change the direction of text, or are invisible.
    case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse,
      .surrogate:
      let digits = String(scalar.value, radix: 16)
      let (mark, width) =
        scalar.value < 0x100 ? ("x", 2) : scalar.value < 0x10000 ? ("u", 4) : ("U", 8)
      return "\\\(mark)" + String(repeating: "0", count: width - digits.count) + digits
    default: return String(scalar)
    }
  }
}

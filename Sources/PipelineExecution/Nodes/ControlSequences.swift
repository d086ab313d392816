/// The sequences that move a terminal's cursor, clear its screen and colour its text.
///
/// A script's output is shown among other lines, on a terminal with a board below them. Its colours
/// are kept, but nothing that changes the terminal beyond the script's own line.
package enum ControlSequences {
  /// Removes all control sequences except colours.
  ///
  /// If the text sets colours, they are reset at the end.
  package static func colorsOnly(_ text: String) -> String {
    guard text.utf8.contains(where: isControl) else { return text }
    let (result, isColored) = filtered(text, keepsColors: true)
    return isColored ? result + "\u{1B}[0m" : result
  }

  /// Removes control sequences from complete lines with their line endings; optionally keeps
  /// colours.
  package static func inLines(_ text: String, keepsColors: Bool) -> String {
    guard text.utf8.contains(where: { isControl($0) && $0 != 0x0A && $0 != 0x09 }) else {
      return text
    }
    var result = ""
    var rest = text.utf8[...]
    while let end = rest.firstIndex(of: 0x0A) {
      let line = String(rest[..<end]) ?? ""
      result += keepsColors ? colorsOnly(line) : removed(from: line)
      result += "\n"
      rest = rest[rest.index(after: end)...]
    }
    return result
  }

  /// Removes all control sequences.
  package static func removed(from text: String) -> String {
    guard text.utf8.contains(where: isControl) else { return text }
    return filtered(text, keepsColors: false).text
  }

  /// Whether a byte may be part of a control character.
  ///
  /// The second byte of a control character from U+0080 to U+009F may also be part of a letter:
  /// such texts only take the slower path.
  private static func isControl(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == 0x7F || byte == 0xC2
  }

  private static func filtered(_ text: String, keepsColors: Bool) -> (text: String, isColored: Bool)
  {
    var result = String.UnicodeScalarView()
    var isColored = false
    var rest = Substring(text).unicodeScalars
    while let scalar = rest.popFirst() {
      switch scalar.value {
      case 0x1B:
        let sequence = escape(&rest)
        if keepsColors, let colors = sequence {
          result.append(contentsOf: "\u{1B}[\(colors)m".unicodeScalars)
          isColored = !(colors.isEmpty || colors == "0")
        }
      case 0x9B: _ = parameters(&rest)
      case 0x90, 0x98, 0x9D, 0x9E, 0x9F: string(&rest)
      case 0x09: result.append(scalar)
      case 0..<0x20, 0x7F..<0xA0: continue
      default: result.append(scalar)
      }
    }
    return (String(result), isColored)
  }

  /// Consumes the rest of an escape sequence; returns its parameters if it sets colours, else nil.
  private static func escape(_ rest: inout Substring.UnicodeScalarView) -> String? {
    guard let kind = rest.first else { return nil }
    switch kind {
    case "[":
      rest.removeFirst()
      return parameters(&rest)
    case "]", "P", "X", "^", "_":
      rest.removeFirst()
      string(&rest)
    case let other where (0x20...0x2F).contains(other.value):
      // Intermediate characters and a final one, as in ESC ( B.
      while let next = rest.first, (0x20...0x2F).contains(next.value) { rest.removeFirst() }
      if let final = rest.first, (0x30...0x7E).contains(final.value) { rest.removeFirst() }
    case let other where (0x30...0x7E).contains(other.value): rest.removeFirst()
    default: break
    }
    return nil
  }

  /// Consumes the parameters and the final character of a sequence; returns the parameters if that
  /// is `m`.
  private static func parameters(_ rest: inout Substring.UnicodeScalarView) -> String? {
    var parameters = ""
    while let next = rest.first, (0x20...0x3F).contains(next.value) {
      parameters.unicodeScalars.append(next)
      rest.removeFirst()
    }
    guard let final = rest.first, (0x40...0x7E).contains(final.value) else { return nil }
    rest.removeFirst()
    let isColor = parameters.unicodeScalars.allSatisfy {
      ("0"..."9").contains($0) || $0 == ";" || $0 == ":"
    }
    return final == "m" && isColor ? parameters : nil
  }

  /// Consumes a text for the terminal itself, such as a title, up to BEL or ESC \.
  private static func string(_ rest: inout Substring.UnicodeScalarView) {
    while let next = rest.popFirst() {
      if next.value == 0x07 || next.value == 0x9C { return }
      if next.value == 0x1B {
        if rest.first == "\\" { rest.removeFirst() }
        return
      }
    }
  }
}

/// HTML as lines that a person can compare.
enum MarkupLines {
  /// The rows of tables as `a | b`, and other text between tags.
  static func text(_ markup: String) -> [Substring] {
    var lines: [String] = []
    var line = ""
    var hidden: String?
    for piece in pieces(markup) {
      guard case .tag(let tag) = piece else {
        if hidden == nil, case .text(let text) = piece {
          let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
          if !words.isEmpty { line += line.isEmpty || line.hasSuffix(" ") ? words : " \(words)" }
        }
        continue
      }
      let name = name(of: tag)
      if let inside = hidden {
        if name == "/\(inside)" { hidden = nil }
        continue
      }
      switch name {
      case "style", "script": hidden = name
      case "/td", "/th": line += " | "
      case "tr", "/tr", "p", "/p", "br", "br/", "div", "/div", "li", "/table", "pre", "/pre":
        if !line.isEmpty { lines.append(line) }
        line = ""
      default: break
      }
    }
    if !line.isEmpty { lines.append(line) }
    return lines.map { $0[...] }
  }

  /// The source with every tag at the beginning of a line.
  static func source(_ markup: String) -> [Substring] {
    var lines: [String] = []
    for piece in pieces(markup) {
      switch piece {
      case .tag(let tag):
        if tag.hasPrefix("/"), let last = lines.last, !last.hasPrefix("</"), last.utf8.count < 120 {
          lines[lines.count - 1] = "\(last)<\(tag)>"
        } else {
          lines.append("<\(tag)>")
        }
      case .text(let text):
        var parts = text.split(whereSeparator: \.isNewline)
          .filter { !$0.allSatisfy(\.isWhitespace) }[...]
        if let first = parts.popFirst() {
          if let last = lines.last {
            lines[lines.count - 1] = last + first
          } else {
            lines.append(String(first))
          }
        }
        lines += parts.map(String.init)
      }
    }
    return lines.map { $0[...] }
  }

  private enum Piece {
    case tag(Substring)
    case text(Substring)
  }

  private static func pieces(_ markup: String) -> [Piece] {
    var pieces: [Piece] = []
    var rest = markup[...]
    while let start = rest.utf8.firstIndex(of: UInt8(ascii: "<")) {
      if start > rest.startIndex { pieces.append(.text(rest[..<start])) }
      let inside = rest[start...].dropFirst()
      guard let end = inside.utf8.firstIndex(of: UInt8(ascii: ">")) else {
        pieces.append(.text(rest[start...]))
        return pieces
      }
      pieces.append(.tag(inside[..<end]))
      rest = inside[end...].dropFirst()
    }
    if !rest.isEmpty { pieces.append(.text(rest)) }
    return pieces
  }

  private static func name(of tag: Substring) -> String {
    tag.prefix { !$0.isWhitespace }.lowercased()
  }
}

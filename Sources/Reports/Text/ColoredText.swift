/// A text with colour sequences (SGR: `ESC [ 31 m`).
package struct ColoredText {
  /// A part of it.
  package enum Run: Equatable {
    /// Visible text.
    case text(String)
    /// A colour sequence.
    case color(String)
  }

  /// The text and its colours, in order.
  package private(set) var runs: [Run] = []

  /// Parses a text.
  package init(_ text: String) {
    var rest = text.unicodeScalars[...]
    var plain = String.UnicodeScalarView()
    while let scalar = rest.first {
      if scalar == "\u{1B}", let end = ColoredText.endOfColor(rest) {
        if !plain.isEmpty { runs.append(.text(String(plain))) }
        plain = String.UnicodeScalarView()
        runs.append(.color(String(rest[..<end])))
        rest = rest[end...]
      } else {
        plain.append(scalar)
        rest.removeFirst()
      }
    }
    if !plain.isEmpty { runs.append(.text(String(plain))) }
  }

  /// The text without its colours.
  package var plain: String {
    runs.reduce(into: "") { if case .text(let text) = $1 { $0 += text } }
  }

  /// The end of a colour sequence; nil if none begins here.
  private static func endOfColor(_ text: Substring.UnicodeScalarView)
    -> Substring.UnicodeScalarView.Index?
  {
    var place = text.index(after: text.startIndex)
    guard place < text.endIndex, text[place] == "[" else { return nil }
    repeat {
      place = text.index(after: place)
    } while place < text.endIndex
      && (0x30...0x3B).contains(text[place].value)
    return place < text.endIndex && text[place] == "m" ? text.index(after: place) : nil
  }
}

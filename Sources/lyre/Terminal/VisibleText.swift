import Reports

/// Text without control characters: the only text that ``Printer`` prints as Lyre's own.
///
/// It is written as a string literal. The literal is Lyre's; interpolated values may be from
/// anywhere, and control characters in them are shown as symbols:
///
///     printer.log("\("error:", .red) \(name): no kernel named '\(kernel)'")
///
/// A plain interpolation is one line. `\(lines: text)` keeps line breaks and tabs, `\(plain: text)`
/// removes colours, and `\(colored: text)` keeps lines, and colours if they are used.
struct VisibleText: Sendable, Equatable {
  fileprivate enum Piece: Sendable, Equatable {
    case text(String, Terminal.Style?)
    /// A colour sequence from an interpolated text.
    case color(String)
  }

  private var pieces: [Piece] = []

  /// One line, with control characters made visible.
  init(_ text: String) { self = "\(text)" }

  /// The text without colours.
  var text: String {
    pieces.reduce(into: "") { if case .text(let text, _) = $1 { $0 += text } }
  }

  /// The number of columns.
  var columns: Int { Terminal.columns(of: text) }

  /// The text with its colours, or without.
  func rendered(withColor usesColor: Bool) -> String {
    guard usesColor else { return text }
    return pieces.reduce(into: "") { result, piece in
      switch piece {
      case .text(let text, nil): result += text
      case .text(let text, let style?): result += "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m"
      case .color(let sequence): result += sequence
      }
    }
  }

  /// The beginning that fits a width, without colours.
  func fitted(to width: Int) -> VisibleText { VisibleText(Terminal.fitted(text, to: width)) }

  /// The text padded with spaces to a width, after or before it.
  func padded(to width: Int, isRight: Bool = false) -> VisibleText {
    let blanks = VisibleText(String(repeating: " ", count: max(0, width - columns)))
    return isRight ? blanks + self : self + blanks
  }

  static func + (left: VisibleText, right: VisibleText) -> VisibleText {
    var result = left
    result.pieces += right.pieces
    return result
  }

  static func += (left: inout VisibleText, right: VisibleText) { left.pieces += right.pieces }
}

extension VisibleText: ExpressibleByStringInterpolation {
  /// Lyre's own text; only for literals, not for text from elsewhere.
  init(stringLiteral value: String) {
    if !value.isEmpty { pieces = [.text(value, nil)] }
  }

  init(stringInterpolation interpolation: Interpolation) { pieces = interpolation.pieces }

  /// Makes control characters in interpolated values visible.
  struct Interpolation: StringInterpolationProtocol {
    fileprivate var pieces: [Piece] = []

    init(literalCapacity: Int, interpolationCount: Int) {
      pieces.reserveCapacity(2 * interpolationCount + 1)
    }

    mutating func appendLiteral(_ literal: String) {
      if !literal.isEmpty { pieces.append(.text(literal, nil)) }
    }

    /// Adds one line.
    mutating func appendInterpolation(_ text: String, _ style: Terminal.Style? = nil) {
      if !text.isEmpty { pieces.append(.text(Terminal.visible(text), style)) }
    }

    /// Adds a value's description, on one line.
    mutating func appendInterpolation<Value>(_ value: Value) {
      appendInterpolation(String(describing: value))
    }

    /// Adds text that is already visible.
    mutating func appendInterpolation(_ text: VisibleText) { pieces += text.pieces }

    /// Adds text that is already visible, in another colour.
    mutating func appendInterpolation(_ text: VisibleText, _ style: Terminal.Style) {
      pieces.append(.text(text.text, style))
    }

    /// Adds a text with line breaks and tabs.
    mutating func appendInterpolation<Value>(lines value: Value) {
      pieces.append(.text(Terminal.visible(String(describing: value), keepsLines: true), nil))
    }

    /// Adds one line without its colours.
    mutating func appendInterpolation(plain text: String) {
      appendInterpolation(ColoredText(text).plain)
    }

    /// Adds a text with line breaks and colours.
    mutating func appendInterpolation(colored text: String) {
      var hasColor = false
      for run in ColoredText(text).runs {
        switch run {
        case .text(let text):
          pieces.append(.text(Terminal.visible(text, keepsLines: true), nil))
        case .color(let sequence):
          hasColor = true
          pieces.append(.color(sequence))
        }
      }
      if hasColor { pieces.append(.color("\u{1B}[0m")) }
    }
  }
}

extension Sequence<VisibleText> {
  /// Joins texts with a separator.
  func joined(separator: VisibleText = "") -> VisibleText {
    var result: VisibleText = ""
    for (place, text) in enumerated() {
      if place > 0 { result += separator }
      result += text
    }
    return result
  }
}

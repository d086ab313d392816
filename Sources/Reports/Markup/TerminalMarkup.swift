/// Writes the text of a terminal as HTML: colours and styles as JupyterLab shows them.
struct TerminalMarkup {
  private struct Style: Equatable {
    var foreground: String?
    var background: String?
    /// The number of a colour from 0 to 7, which bold text shows brighter.
    var number: Int?
    var isBold = false
    var isFaint = false
    var isItalic = false
    var isUnderlined = false
    var isStruck = false
    var isInverse = false
  }

  private var style = Style()
  private var openStyle = Style()
  private var result: Markup

  /// Appends a text; other escape sequences than those of styles are left out.
  static func put(_ text: String, into result: inout Markup) {
    guard text.utf8.contains(0x1B) || text.utf8.contains(0x0D) else {
      return result.put(escaping: text)
    }
    var markup = TerminalMarkup(result: result)
    result = Markup()
    markup.run(Array(text.utf8))
    result = markup.result
  }

  private init(result: Markup) { self.result = result }

  private mutating func run(_ bytes: [UInt8]) {
    var index = 0
    var start = 0
    while index < bytes.count {
      guard bytes[index] == 0x1B else {
        index += 1
        continue
      }
      put(bytes[start..<index])
      let end = TerminalMarkup.endOfSequence(bytes, index)
      if end > index + 2, bytes[index + 1] == UInt8(ascii: "["), bytes[end - 1] == UInt8(ascii: "m")
      {
        apply(bytes[(index + 2)..<(end - 1)])
      }
      index = end
      start = end
    }
    put(bytes[start...])
    if openStyle != Style() { result.put("</span>") }
  }

  /// The end of an escape sequence; one that does not end is only its escape.
  private static func endOfSequence(_ bytes: [UInt8], _ start: Int) -> Int {
    guard start + 1 < bytes.count else { return start + 1 }
    var index = start + 2
    // A sequence is short; this also keeps the search linear.
    let limit = min(bytes.count, start + 4096)
    switch bytes[start + 1] {
    case UInt8(ascii: "["):
      while index < limit, (0x20...0x3F).contains(bytes[index]) { index += 1 }
      return index < limit && (0x40...0x7E).contains(bytes[index]) ? index + 1 : start + 1
    case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "_"), UInt8(ascii: "^"):
      while index < limit, bytes[index] != 0x0A {
        if bytes[index] == 0x07 { return index + 1 }
        if bytes[index] == 0x1B {
          return index + 1 < limit && bytes[index + 1] == UInt8(ascii: "\\") ? index + 2 : index
        }
        index += 1
      }
      return start + 1
    case 0x20...0x2F: return min(start + 3, bytes.count)
    case 0x30...0x7E: return start + 2
    default: return start + 1
    }
  }

  // MARK: Output

  private mutating func put(_ text: ArraySlice<UInt8>) {
    guard !text.isEmpty else { return }
    if style != openStyle {
      if openStyle != Style() { result.put("</span>") }
      if style != Style() { result.put(startTag) }
      openStyle = style
    }
    result.put(escaping: text)
  }

  private var startTag: String {
    var classes: [String] = []
    var styles: [String] = []
    if let number = style.number {
      classes.append("t\(style.isBold ? number + 8 : number)")
    } else if let foreground = style.foreground {
      styles.append("--f:\(foreground)")
      classes.append("tf")
    }
    if let background = style.background {
      styles.append("--g:\(background)")
      classes.append("tg")
    }
    if style.isInverse { classes.append("ti") }
    if style.isBold { styles.append("font-weight:bold") }
    if style.isFaint { styles.append("opacity:.65") }
    if style.isItalic { styles.append("font-style:italic") }
    if style.isUnderlined || style.isStruck {
      let lines = [style.isUnderlined ? "underline" : "", style.isStruck ? "line-through" : ""]
      styles.append("text-decoration:\(lines.filter { !$0.isEmpty }.joined(separator: " "))")
    }
    var tag = "<span"
    if !classes.isEmpty { tag += " class=\"\(classes.joined(separator: " "))\"" }
    if !styles.isEmpty { tag += " style=\"\(styles.joined(separator: ";"))\"" }
    return tag + ">"
  }

  // MARK: Styles

  private mutating func apply(_ parameters: ArraySlice<UInt8>) {
    let isPart = { (byte: UInt8) in byte == UInt8(ascii: ";") || byte == UInt8(ascii: ":") }
    let codes = parameters.split(omittingEmptySubsequences: false, whereSeparator: isPart).map {
      max(Int(String(decoding: $0.prefix(5), as: UTF8.self)) ?? 0, 0)
    }
    var index = 0
    while index < codes.count {
      let code = codes[index]
      index += 1
      switch code {
      case 38, 48:
        guard let (color, count) = TerminalMarkup.color(codes[index...]) else { return }
        index += count
        if code == 48 {
          style.background = color
        } else {
          (style.foreground, style.number) = (color, nil)
        }
      default: apply(code)
      }
    }
  }

  private mutating func apply(_ code: Int) {
    switch code {
    case 0: style = Style()
    case 1: style.isBold = true
    case 2: style.isFaint = true
    case 3: style.isItalic = true
    case 4, 21: style.isUnderlined = true
    case 7: style.isInverse = true
    case 9: style.isStruck = true
    case 22: (style.isBold, style.isFaint) = (false, false)
    case 23: style.isItalic = false
    case 24: style.isUnderlined = false
    case 27: style.isInverse = false
    case 29: style.isStruck = false
    case 30...37: (style.number, style.foreground) = (code - 30, nil)
    case 39: (style.number, style.foreground) = (nil, nil)
    case 40...47: style.background = "var(--h\(code - 40))"
    case 49: style.background = nil
    case 90...97: (style.number, style.foreground) = (nil, "var(--t\(code - 82))")
    case 100...107: style.background = "var(--h\(code - 92))"
    default: break
    }
  }

  /// A colour by number, or by its red, green and blue, and the number of its codes.
  private static func color(_ codes: ArraySlice<Int>) -> (String, Int)? {
    let codes = Array(codes.prefix(4))
    if codes.count >= 2, codes[0] == 5, codes[1] < 256 { return (color(number: codes[1]), 2) }
    if codes.count == 4, codes[0] == 2, codes.dropFirst().allSatisfy({ $0 < 256 }) {
      return ("rgb(\(codes[1]),\(codes[2]),\(codes[3]))", 4)
    }
    return nil
  }

  /// A colour of xterm's table of 256.
  private static func color(number: Int) -> String {
    switch number {
    case 0..<16: return "var(--t\(number))"
    case 232...:
      let gray = (number - 232) * 10 + 8
      return "rgb(\(gray),\(gray),\(gray))"
    default:
      let levels = [0, 95, 135, 175, 215, 255]
      let cube = number - 16
      return "rgb(\(levels[cube / 36]),\(levels[cube / 6 % 6]),\(levels[cube % 6]))"
    }
  }
}

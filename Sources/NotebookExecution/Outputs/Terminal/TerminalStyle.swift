/// The style of characters: colours, attributes switched on by SGR, and the link they belong to.
struct TerminalStyle: Hashable, Sendable {
  /// A colour: 0 for the default, else its kind in the highest byte.
  ///
  /// 1 for the sixteen of SGR 30 to 37 and 90 to 97, 2 for those by number, 3 for red, green, blue.
  typealias Colour = UInt32

  var foreground: Colour = 0
  var background: Colour = 0
  var underline: Colour = 0
  /// The number of the link among the ``TerminalTexts``; 0 for none.
  var link: UInt32 = 0
  private var flags: UInt16 = 0

  /// The attributes with a bit of their own: the code that switches each on, and the one that
  /// switches it off.
  private static let switches: [(on: Int, off: Int)] = [
    (1, 22), (2, 22), (3, 23), (5, 25), (6, 25), (7, 27), (8, 28), (9, 29), (53, 55), (73, 75),
    (74, 75),
  ]
  /// The position of the three bits for the kind of underline: none, single, double, curly, dotted,
  /// dashed.
  private static let underlineShift: UInt16 = 13

  private var underlineKind: UInt16 { flags >> TerminalStyle.underlineShift }

  /// Resets colours and attributes, but keeps the link.
  mutating func reset() { self = TerminalStyle(link: link) }

  init(link: UInt32 = 0) { self.link = link }

  // MARK: From SGR

  /// Applies a sequence `ESC [ … m`.
  mutating func apply(_ sequence: some Sequence<UInt8>) {
    var codes: [(value: Int, isPart: Bool)] = []
    var value = 0
    var isPart = false
    for byte in sequence.dropFirst(2) {
      switch byte {
      case 0x30...0x39: value = min(value * 10 + Int(byte - 0x30), 99_999)
      default:
        codes.append((value, isPart))
        (value, isPart) = (0, byte == 0x3A)
      }
    }
    var index = 0
    while index < codes.count {
      let code = codes[index].value
      index += 1
      var parts: [Int] = []
      while index < codes.count, codes[index].isPart {
        parts.append(codes[index].value)
        index += 1
      }
      guard code == 38 || code == 48 || code == 58 else {
        apply(code, parts)
        continue
      }
      if parts.isEmpty, index < codes.count {
        // The parts of a colour are separate parameters, as most programs write them.
        let number = codes[index].value == 5 ? 2 : codes[index].value == 2 ? 4 : 1
        parts = codes[index..<min(index + number, codes.count)].map(\.value)
        index += parts.count
      }
      guard let colour = TerminalStyle.colour(parts) else { continue }
      switch code {
      case 38: foreground = colour
      case 48: background = colour
      default: underline = colour
      }
    }
  }

  private mutating func apply(_ code: Int, _ parts: [Int]) {
    switch code {
    case 0: reset()
    case 4: setUnderline(UInt16(min(parts.first ?? 1, 5)))
    case 21: setUnderline(2)
    case 24: setUnderline(0)
    case 30...37: foreground = 1 << 24 | UInt32(code - 30)
    case 90...97: foreground = 1 << 24 | UInt32(code - 90 + 8)
    case 39: foreground = 0
    case 40...47: background = 1 << 24 | UInt32(code - 40)
    case 100...107: background = 1 << 24 | UInt32(code - 100 + 8)
    case 49: background = 0
    case 59: underline = 0
    default:
      for (bit, codes) in TerminalStyle.switches.enumerated() {
        if code == codes.on { flags |= 1 << UInt16(bit) }
        if code == codes.off { flags &= ~(1 << UInt16(bit)) }
      }
    }
  }

  private mutating func setUnderline(_ kind: UInt16) {
    flags &= (1 << TerminalStyle.underlineShift) - 1
    flags |= kind << TerminalStyle.underlineShift
  }

  private static func colour(_ parts: [Int]) -> Colour? {
    switch parts.first {
    case 5 where parts.count >= 2 && parts[1] < 256: return 2 << 24 | UInt32(parts[1])
    case 2 where parts.count >= 4:
      // With six or more parts, one names a colour space.
      let rgb = parts.count >= 5 ? parts[2...4] : parts[1...3]
      guard rgb.allSatisfy({ $0 < 256 }) else { return nil }
      return rgb.reduce(3) { $0 << 8 | UInt32($1) }
    default: return nil
    }
  }

  // MARK: To SGR

  /// Writes the sequences that change a terminal from one style to this one.
  func write(from other: TerminalStyle, _ texts: TerminalTexts, to bytes: inout [UInt8]) {
    var (from, to) = (other, self)
    if from.link != to.link { bytes += to.link == 0 ? TerminalTexts.linkEnd : texts[to.link] }
    (from.link, to.link) = (0, 0)
    guard from != to else { return }
    var codes: [String] = []
    let takesAway =
      from.flags & ~to.flags != 0 || (from.foreground != 0 && to.foreground == 0)
      || (from.background != 0 && to.background == 0) || (from.underline != 0 && to.underline == 0)
    if takesAway {
      codes.append("0")
      from = TerminalStyle()
    }
    for (bit, code) in TerminalStyle.switches.enumerated()
    where to.flags & ~from.flags & 1 << UInt16(bit) != 0 {
      codes.append("\(code.on)")
    }
    if to.underlineKind != from.underlineKind {
      let kinds = ["24", "4", "21", "4:3", "4:4", "4:5"]
      codes.append(kinds[Int(min(to.underlineKind, 5))])
    }
    if to.foreground != from.foreground { codes.append(TerminalStyle.text(to.foreground, 30)) }
    if to.background != from.background { codes.append(TerminalStyle.text(to.background, 40)) }
    if to.underline != from.underline { codes.append(TerminalStyle.text(to.underline, 50)) }
    bytes += "\u{1B}[\(codes.joined(separator: ";"))m".utf8
  }

  private static func text(_ colour: Colour, _ base: Int) -> String {
    let value = Int(colour & 0xFF_FFFF)
    switch colour >> 24 {
    case 1: return "\(value < 8 ? base + value : base + 60 + value - 8)"
    case 2: return "\(base + 8);5;\(value)"
    default: return "\(base + 8);2;\(value >> 16);\(value >> 8 & 0xFF);\(value & 0xFF)"
    }
  }
}

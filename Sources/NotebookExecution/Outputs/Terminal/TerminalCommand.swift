/// The command of an escape sequence, if it changes the content of a terminal's cells.
enum TerminalCommand: Hashable, Sendable {
  /// No change of cells: a title, a mode, a character set, a picture, a report.
  case none
  /// Select Graphic Rendition: changes the style of the following text.
  case style
  /// OSC 8: begins or ends a link.
  case link
  case up(Int)
  case down(Int)
  case left(Int)
  case right(Int)
  /// Moves to the beginning of a line below or above.
  case lineDown(Int)
  case lineUp(Int)
  /// Moves to a column, a row, or both, counted from 0.
  case column(Int)
  case row(Int)
  case position(row: Int, column: Int)
  case tab(Int)
  case backTab(Int)
  /// Moves one line down in the same column, to the next line, or one line up.
  case index, nextLine, reverseIndex
  case eraseLine(Int)
  case eraseDisplay(Int)
  case eraseCharacters(Int)
  case deleteCharacters(Int)
  case insertCharacters(Int)
  case insertLines(Int)
  case deleteLines(Int)
  case scrollUp(Int)
  case repeatLast(Int)
  case save, restore, reset

  /// Whether it changes neither cells nor the cursor.
  var changesNothing: Bool { self == .none || self == .style || self == .link }

  /// Whether it has no effect when the cursor is behind all text.
  var needsTextToTheRight: Bool {
    switch self {
    case .eraseLine(0), .eraseDisplay(0), .eraseDisplay(3), .eraseCharacters, .deleteCharacters,
      .insertCharacters:
      true
    default: false
    }
  }

  /// Parses a complete sequence.
  init(_ sequence: some RandomAccessCollection<UInt8>) {
    let second = sequence.dropFirst().first ?? 0
    switch second {
    case UInt8(ascii: "["): self = TerminalCommand.control(sequence.dropFirst(2))
    case UInt8(ascii: "]"): self = sequence.dropFirst(2).starts(with: "8;".utf8) ? .link : .none
    case UInt8(ascii: "7"): self = .save
    case UInt8(ascii: "8"): self = .restore
    case UInt8(ascii: "D"): self = .index
    case UInt8(ascii: "E"): self = .nextLine
    case UInt8(ascii: "M"): self = .reverseIndex
    case UInt8(ascii: "c"): self = .reset
    default: self = .none
    }
  }

  /// Parses `parameters final`, the part after `ESC [`.
  private static func control(_ body: some RandomAccessCollection<UInt8>) -> TerminalCommand {
    guard let final = body.last else { return .none }
    let parameters = body.dropLast()
    // Private sequences (`ESC [ ? 25 l`) and those with intermediate bytes move nothing; colons
    // occur in styles only.
    guard parameters.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x3B || $0 == 0x3A }) else {
      return .none
    }
    if final == UInt8(ascii: "m") { return .style }
    var numbers = (first: 0, second: 0)
    var place = 0
    for byte in parameters {
      switch byte {
      case 0x3B: place += 1
      case 0x3A: return .none
      default:
        let digit = Int(byte - 0x30)
        if place == 0 { numbers.first = min(numbers.first * 10 + digit, 9999) }
        if place == 1 { numbers.second = min(numbers.second * 10 + digit, 9999) }
      }
    }
    let count = max(numbers.first, 1)
    switch final {
    case UInt8(ascii: "A"): return .up(count)
    case UInt8(ascii: "B"), UInt8(ascii: "e"): return .down(count)
    case UInt8(ascii: "C"), UInt8(ascii: "a"): return .right(count)
    case UInt8(ascii: "D"): return .left(count)
    case UInt8(ascii: "E"): return .lineDown(count)
    case UInt8(ascii: "F"): return .lineUp(count)
    case UInt8(ascii: "G"), UInt8(ascii: "`"): return .column(count - 1)
    case UInt8(ascii: "d"): return .row(count - 1)
    case UInt8(ascii: "H"), UInt8(ascii: "f"):
      return .position(row: count - 1, column: max(numbers.second, 1) - 1)
    case UInt8(ascii: "I"): return .tab(count)
    case UInt8(ascii: "Z"): return .backTab(count)
    case UInt8(ascii: "J"): return .eraseDisplay(numbers.first)
    case UInt8(ascii: "K"): return .eraseLine(numbers.first)
    case UInt8(ascii: "X"): return .eraseCharacters(count)
    case UInt8(ascii: "P"): return .deleteCharacters(count)
    case UInt8(ascii: "@"): return .insertCharacters(count)
    case UInt8(ascii: "L"): return .insertLines(count)
    case UInt8(ascii: "M"): return .deleteLines(count)
    case UInt8(ascii: "S"): return .scrollUp(count)
    case UInt8(ascii: "b"): return .repeatLast(count)
    case UInt8(ascii: "s") where parameters.isEmpty: return .save
    case UInt8(ascii: "u") where parameters.isEmpty: return .restore
    default: return .none
    }
  }
}

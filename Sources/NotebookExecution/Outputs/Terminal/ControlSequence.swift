/// Recognises one escape sequence, byte by byte, wherever its pieces are cut.
///
/// Control sequences (`ESC [ … m`), strings (`ESC ] … BEL`, `ESC P … ESC \`) and short ones
/// (`ESC ( B`, `ESC 7`) are taken whole. A sequence that something else interrupts is abandoned,
/// so that no text is swallowed behind an escape that was never meant.
struct ControlSequence: Sendable {
  /// What a byte did to the sequence.
  enum Progress {
    /// It belongs to the sequence, which goes on.
    case open
    /// It is the last byte of the sequence.
    case complete
    /// It does not belong to the sequence, which ends unfinished.
    case abandoned
  }

  private enum State: UInt8 {
    case none, escape, intermediate, parameters, string, operatingSystem, stringEscape
  }

  static let escape: UInt8 = 0x1B

  private var state = State.none
  /// The bytes so far, the escape included.
  private(set) var bytes: [UInt8] = []

  /// Whether a sequence has begun that has not ended.
  var isOpen: Bool { state != .none }

  /// Begins a sequence: an escape has come.
  mutating func begin() {
    bytes.removeAll(keepingCapacity: bytes.capacity <= 256)
    bytes.append(ControlSequence.escape)
    state = .escape
  }

  /// Ends the sequence where it is.
  mutating func end() {
    bytes.removeAll(keepingCapacity: bytes.capacity <= 256)
    state = .none
  }

  /// Takes the next byte.
  mutating func take(_ byte: UInt8) -> Progress {
    let progress = step(byte)
    if progress != .abandoned { bytes.append(byte) }
    if progress != .open { state = .none }
    return progress
  }

  private mutating func step(_ byte: UInt8) -> Progress {
    switch state {
    case .none: return .abandoned
    case .escape:
      switch byte {
      case UInt8(ascii: "["): state = .parameters
      case UInt8(ascii: "]"): state = .operatingSystem
      case UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
        state = .string
      case 0x20...0x2F: state = .intermediate
      case 0x30...0x7E: return .complete
      default: return .abandoned
      }
      return .open
    case .intermediate:
      return byte < 0x20 || byte > 0x7E ? .abandoned : byte >= 0x30 ? .complete : .open
    case .parameters:
      return byte < 0x20 || byte > 0x7E ? .abandoned : byte >= 0x40 ? .complete : .open
    case .string, .operatingSystem:
      switch byte {
      case 0x07 where state == .operatingSystem: return .complete
      case ControlSequence.escape: state = .stringEscape
      // Cancel, substitute; and no string has lines: one that seems to was never meant.
      case 0x18, 0x1A, 0x0A: return .abandoned
      default: break
      }
      return .open
    case .stringEscape: return byte == UInt8(ascii: "\\") ? .complete : .abandoned
    }
  }
}

extension ControlSequence {
  /// The length of the sequence that begins at `index`, and whether it is complete.
  ///
  /// A sequence that is neither complete nor abandoned reaches to the end.
  static func measure(_ text: UnsafeRawBufferPointer, at index: Int) -> (length: Int, Ending) {
    var sequence = ControlSequence()
    sequence.state = .escape
    var end = index + 1
    while end < text.count {
      switch sequence.step(text[end]) {
      case .open: end += 1
      case .complete: return (end + 1 - index, .complete)
      case .abandoned:
        // The escape that was to end a string begins the next sequence.
        let isEscape = sequence.state == .stringEscape
        return (end - index - (isEscape ? 1 : 0), .abandoned)
      }
    }
    return (end - index, .open)
  }

  /// How a sequence ends in a piece of text.
  enum Ending { case open, complete, abandoned }

  /// Whether all sequences and controls of a text leave it as it is where it stands by itself.
  static func moveNothing(in text: UnsafeRawBufferPointer) -> Bool {
    var index = ControlScan.next(in: text, from: 0)
    while index < text.count {
      switch text[index] {
      case 0x0D where index + 1 < text.count && text[index + 1] == 0x0A: index += 2
      case escape:
        let (length, ending) = measure(text, at: index)
        let command = TerminalCommand(text[index..<index + length])
        switch ending {
        case .complete where command.changesNothing || command.needsTextToTheRight: break
        case .abandoned: break
        default: return false
        }
        index += length
      default: return false
      }
      index = ControlScan.next(in: text, from: index)
    }
    return true
  }
}

/// Recognises one escape sequence byte by byte, however the text is split into pieces.
///
/// Control sequences (`ESC [ … m`), strings (`ESC ] … BEL`, `ESC P … ESC \`) and short ones (`ESC (
/// B`, `ESC 7`) are recognised as a whole. A sequence interrupted by something else is abandoned,
/// so that a stray escape does not swallow the text after it.
struct ControlSequence: Sendable {
  /// The effect of a byte on the sequence.
  enum Progress {
    /// It belongs to the sequence, which continues.
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
  /// The bytes so far, including the escape.
  private(set) var bytes: [UInt8] = []

  /// Whether a sequence has begun and not ended.
  var isOpen: Bool { state != .none }

  /// Begins a sequence at an escape.
  mutating func begin() {
    bytes.removeAll(keepingCapacity: bytes.capacity <= 256)
    bytes.append(ControlSequence.escape)
    state = .escape
  }

  /// Ends the sequence at this point.
  mutating func end() {
    bytes.removeAll(keepingCapacity: bytes.capacity <= 256)
    state = .none
  }

  /// Processes the next byte.
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
      // Cancel, substitute, or a line feed: a string with several lines was not meant as one.
      case 0x18, 0x1A, 0x0A: return .abandoned
      default: break
      }
      return .open
    case .stringEscape: return byte == UInt8(ascii: "\\") ? .complete : .abandoned
    }
  }
}

extension ControlSequence {
  /// The length of the sequence that begins at `index`, and how it ends.
  ///
  /// An open sequence reaches to the end of the text.
  static func measure(_ text: UnsafeRawBufferPointer, at index: Int) -> (length: Int, Ending) {
    var sequence = ControlSequence()
    sequence.state = .escape
    var end = index + 1
    while end < text.count {
      switch sequence.step(text[end]) {
      case .open: end += 1
      case .complete: return (end + 1 - index, .complete)
      case .abandoned:
        // The escape that should end a string begins the next sequence.
        let isEscape = sequence.state == .stringEscape
        return (end - index - (isEscape ? 1 : 0), .abandoned)
      }
    }
    return (end - index, .open)
  }

  /// How a sequence ends in a piece of text.
  enum Ending { case open, complete, abandoned }

  /// Whether no sequence or control character changes the text when it stands by itself.
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

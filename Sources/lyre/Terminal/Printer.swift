import CSystemShims
import Glibc
import JSONCore
import Synchronization
import SystemSupport

/// The only way to standard output and standard error.
///
/// Lyre's own words are ``VisibleText``. What cells, scripts and kernels print, and documents, go to
/// ``passThrough(_:toError:)-([UInt8],_)``, byte for byte.
final class Printer: Sendable {
  static let shared = Printer()

  let terminal: Terminal

  private struct Hurry {
    var count = 0
    var last = ContinuousClock.now
  }

  private let output: OutputLane
  private let errors: OutputLane
  private let pressing = Mutex(Hurry())
  /// Whether a result was to go to a standard output that was closed from the beginning.
  private let lacksOutput = Atomic<Bool>(false)

  private init() {
    terminal = Terminal { name in getenv(name).map { String(cString: $0) } }
    errors = OutputLane(terminal)
    // Where both are seen in one place, order matters; else one that is stuck must not hold up the
    // other.
    output = Printer.areSeenTogether(terminal) ? errors : OutputLane(terminal)
  }

  private static func areSeenTogether(_ terminal: Terminal) -> Bool {
    if terminal.outputIsTerminal, isatty(2) == 1 { return true }
    var (first, second) = (stat(), stat())
    return fstat(1, &first) == 0 && fstat(2, &second) == 0 && first.st_dev == second.st_dev
      && first.st_ino == second.st_ino
  }

  // MARK: Lyre's own words

  /// Writes a line to standard error.
  ///
  /// On a terminal it begins a new line when a cell has left the cursor in the middle of one.
  func log(_ line: VisibleText) {
    let text = line.rendered(withColor: terminal.usesColor)
    errors.enqueue(2, .string(text + "\n"), isLine: true)
  }

  /// Writes a line, or lines, to standard output: what a command was asked for.
  func print(_ text: VisibleText) {
    let usesColor = terminal.usesColor && terminal.outputIsTerminal
    result(Array((text.rendered(withColor: usesColor) + "\n").utf8))
  }

  /// Writes a JSON text and a line's end to standard output, with what a terminal would obey spelled
  /// out: the same value for who reads it.
  func print(json: JSONValue, _ style: JSONStyle = .pretty) {
    result(Printer.spelledOut(json.serialized(style) + [0x0A]))
  }

  /// Asks for something on standard error, where the answer is typed behind it.
  func prompt(_ text: VisibleText) {
    errors.enqueue(2, .string(text.rendered(withColor: terminal.usesColor)))
  }

  /// A JSON text in which DEL, C1 controls and what reorders text are written as `\u009b`.
  static func spelledOut(_ text: [UInt8]) -> [UInt8] {
    guard text.contains(where: { [0x7F, 0xC2, 0xD8, 0xE1, 0xE2, 0xEF, 0xF3].contains($0) }) else {
      return text
    }
    var result = String.UnicodeScalarView()
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      guard scalar == "\u{7F}" || Terminal.isHiddenControl(scalar) else {
        result.append(scalar)
        continue
      }
      for unit in String(scalar).utf16 {
        let digits = String(unit, radix: 16)
        result += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".unicodeScalars
      }
    }
    return Array(String(result).utf8)
  }

  // MARK: What others have written

  /// Writes bytes as they are.
  func passThrough(_ bytes: [UInt8], toError: Bool) { enqueue(.bytes(bytes), toError) }

  /// Writes a text as it is, without a copy.
  func passThrough(_ text: String, toError: Bool) { enqueue(.string(text), toError) }

  /// Writes a document, or what else the command was asked for, to standard output as it is.
  func result(_ bytes: [UInt8]) {
    if lyre_was_closed(1) != 0 { lacksOutput.store(true, ordering: .relaxed) }
    enqueue(.bytes(bytes), false)
  }

  private func enqueue(_ text: OutputLane.Text, _ toError: Bool) {
    (toError ? errors : output).enqueue(toError ? 2 : 1, text)
  }

  /// Waits while too much is waiting to be written: for what could fill the memory, on threads that
  /// may wait.
  ///
  /// A signal ends it.
  func waitForRoom(toError: Bool) {
    (toError ? errors : output).waitForRoom { isPatient($0) }
  }

  // MARK: The reader

  /// Why standard output could not be written, as on a full disk; nil also when its reader has left.
  var outputFailure: String? {
    if lacksOutput.load(ordering: .relaxed) { return "it is closed" }
    guard let number = output.failure(of: 1), number != EPIPE else { return nil }
    return systemReason(number)
  }

  /// Whether nobody reads standard output any more.
  var outputIsClosed: Bool { output.failure(of: 1) != nil }

  /// A signal has come: whoever reads what is printed is waited for no longer than needed.
  func hurry() {
    pressing.withLock { hurry in
      hurry.count += 1
      hurry.last = .now
    }
  }

  /// Whether the reader is waited for: without a limit until a signal has come.
  ///
  /// `| less` may take its time. After a signal, a reader that
  /// reads has three seconds, one that does not has one, and after a second signal nobody has.
  private func isPatient(_ stall: OutputLane.Stall) -> Bool {
    let hurry = pressing.withLock { $0 }
    if hurry.count == 0 { return true }
    let now = ContinuousClock.now
    let (total, idle) = (now - max(stall.begin, hurry.last), now - max(stall.idleSince, hurry.last))
    if hurry.count > 1 { return total < .milliseconds(300) }
    return total < .seconds(3) && idle < .seconds(1)
  }

  // MARK: The terminal

  /// Keeps a line below everything, made anew several times a second; nil takes it away.
  func setStatus(_ status: (@Sendable () -> VisibleText)?) {
    guard let status else { return setBoard(nil) }
    setBoard { ["\(status().fitted(to: Terminal.columns - 1), .dim)"] }
  }

  /// Keeps lines below everything, made anew several times a second; nil takes them away.
  ///
  /// - Parameter board: makes the lines, none longer than the terminal is wide.
  func setBoard(_ board: (@Sendable () -> [VisibleText])?) { errors.setBoard(board) }

  /// Takes away what is kept below everything, for a time in which the program is stopped.
  func suspend() { errors.setSuspended(true) }

  /// Puts it back.
  func resume() { errors.setSuspended(false) }

  /// Waits until everything has been written, or until a signal has made that too long.
  ///
  /// - Returns: whether everything has been written.
  func flush() -> Bool {
    setStatus(nil)
    let isWhole = errors.flush { isPatient($0) }
    return (output === errors ? isWhole : output.flush { isPatient($0) }) && isWhole
  }
}

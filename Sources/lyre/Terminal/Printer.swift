import CSystemShims
import Glibc
import JSONCore
import Synchronization
import SystemSupport

/// The only access to standard output and standard error.
///
/// Lyre's own text is ``VisibleText``. The output of cells, scripts and kernels, and documents, use
/// ``passThrough(_:toError:)-([UInt8],_)``, which writes them byte for byte.
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
  /// Whether a result was written to a standard output that was closed from the beginning.
  private let lacksOutput = Atomic<Bool>(false)

  private init() {
    terminal = Terminal { name in getenv(name).map { String(cString: $0) } }
    errors = OutputLane(terminal, isOneTerminal: Printer.isOneTerminal(terminal))
    // If both are visible in one place, their order matters; if not, a blocked one must not delay
    // the other.
    output = Printer.areSeenTogether(terminal) ? errors : OutputLane(terminal)
  }

  private static func areSeenTogether(_ terminal: Terminal) -> Bool {
    if terminal.outputIsTerminal, isatty(2) == 1 { return true }
    var (first, second) = (stat(), stat())
    return fstat(1, &first) == 0 && fstat(2, &second) == 0 && first.st_dev == second.st_dev
      && first.st_ino == second.st_ino
  }

  private static func isOneTerminal(_ terminal: Terminal) -> Bool {
    var (first, second) = (stat(), stat())
    return terminal.outputIsTerminal && terminal.errorIsTerminal && fstat(1, &first) == 0
      && fstat(2, &second) == 0 && first.st_rdev == second.st_rdev
  }

  // MARK: Lyre's own text

  /// Writes a line to standard error.
  ///
  /// On a terminal it begins a new line if a cell has left the cursor in the middle of one.
  func log(_ line: VisibleText) {
    let text = line.rendered(withColor: terminal.usesColor)
    errors.enqueue(2, .string(text + "\n"), isLine: true)
  }

  /// Writes the requested output of a command to standard output, as one or more lines.
  func print(_ text: VisibleText) {
    let usesColor = terminal.usesColor && terminal.outputIsTerminal
    result(Array((text.rendered(withColor: usesColor) + "\n").utf8))
  }

  /// Writes a JSON text and a line ending to standard output, with control characters escaped; its
  /// value is unchanged.
  func print(json: JSONValue, _ style: JSONStyle = .pretty) {
    result(Printer.spelledOut(json.serialized(style) + [0x0A]))
  }

  /// Writes a prompt to standard error; the user types the answer after it.
  func prompt(_ text: VisibleText) {
    errors.enqueue(2, .string(text.rendered(withColor: terminal.usesColor)))
  }

  /// A JSON text in which DEL, C1 controls and characters that reorder text are written as
  /// `\u009b`.
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

  // MARK: Output of others

  /// Writes bytes unchanged.
  func passThrough(_ bytes: [UInt8], toError: Bool) { enqueue(.bytes(bytes), toError) }

  /// Writes a text unchanged, without a copy.
  func passThrough(_ text: String, toError: Bool) { enqueue(.string(text), toError) }

  /// Writes a document, or another requested result, to standard output unchanged.
  func result(_ bytes: [UInt8]) {
    if lyre_was_closed(1) != 0 { lacksOutput.store(true, ordering: .relaxed) }
    enqueue(.bytes(bytes), false)
  }

  private func enqueue(_ text: OutputText.Content, _ toError: Bool) {
    (toError ? errors : output).enqueue(toError ? 2 : 1, text)
  }

  /// Waits while too much output is queued; used for output that could fill the memory, on threads
  /// that may block.
  ///
  /// A signal ends the wait.
  func waitForRoom(toError: Bool) {
    (toError ? errors : output).waitForRoom { isPatient($0) }
  }

  // MARK: The reader

  /// Why standard output could not be written, as on a full disk; nil also if its reader has left.
  var outputFailure: String? {
    if lacksOutput.load(ordering: .relaxed) { return "it is closed" }
    guard let number = output.failure(of: 1), number != EPIPE else { return nil }
    return systemReason(number)
  }

  /// Whether the reader of standard output has left.
  var outputIsClosed: Bool { output.failure(of: 1) != nil }

  /// Limits the waits for the reader after a signal.
  func hurry() {
    pressing.withLock { hurry in
      hurry.count += 1
      hurry.last = .now
    }
  }

  /// Whether to keep waiting for the reader: without a limit until a signal.
  ///
  /// `| less` may take its time. After a signal, a reader that reads has three seconds and one that
  /// does not has one; after a second signal there is no wait.
  private func isPatient(_ stall: OutputLane.Stall) -> Bool {
    let hurry = pressing.withLock { $0 }
    if hurry.count == 0 { return true }
    let now = ContinuousClock.now
    let (total, idle) = (now - max(stall.begin, hurry.last), now - max(stall.idleSince, hurry.last))
    if hurry.count > 1 { return total < .milliseconds(300) }
    return total < .seconds(3) && idle < .seconds(1)
  }

  // MARK: The terminal

  /// Shows a status line below all text, updated several times a second; nil removes it.
  func setStatus(_ status: (@Sendable () -> VisibleText)?) {
    guard let status else { return setBoard(nil) }
    setBoard { ["\(status().fitted(to: $0.columns - 1), .dim)"] }
  }

  /// Shows a board below all text, updated several times a second; nil removes it.
  ///
  /// - Parameter board: returns the lines, none wider than the terminal.
  func setBoard(_ board: OutputLane.Board?) { errors.setBoard(board) }

  /// Removes the board while the program is stopped, or a user types an answer.
  func suspend() { errors.suspend() }

  /// Shows the board again.
  func resume() { errors.resume() }

  /// Waits until everything has been written, or until a signal has limited the wait.
  ///
  /// - Returns: whether everything has been written.
  func flush() -> Bool {
    setStatus(nil)
    let isWhole = errors.flush { isPatient($0) }
    return (output === errors ? isWhole : output.flush { isPatient($0) }) && isWhole
  }
}

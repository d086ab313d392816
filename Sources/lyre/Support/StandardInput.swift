import Glibc
import JupyterProtocol
import Synchronization
import SystemSupport

/// Standard input for cells that ask for input: one line for each request, in order.
///
/// A thread of its own reads, because a line may take forever. A request that is cancelled
/// meanwhile loses nothing: the line goes to the next request.
final class StandardInput: Sendable {
  static let shared = StandardInput()

  private struct State {
    var isReading = false
    var lines: [String?] = []
    var waiters: [(number: Int, continuation: CheckedContinuation<String?, Never>)] = []
    var nextNumber = 0
    /// The terminal's settings before its echo was turned off.
    var settings: termios?
  }

  private let state = Mutex(State())

  private init() {}

  /// Prints the prompt on the terminal and reads a line; a password is not echoed.
  ///
  /// - Returns: the line without its line ending; nil at the end of the input, and when cancelled.
  func line(for request: InputRequest) async -> String? {
    let number = state.withLock { state in
      state.nextNumber += 1
      return state.nextNumber
    }
    // The answer is echoed where the cursor is.
    Printer.shared.suspend()
    defer { Printer.shared.resume() }
    // Before the prompt, so that a fast answer is not echoed.
    if request.isPassword { hideEcho() }
    Printer.shared.prompt("\(colored: request.prompt)")
    let line = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        wait(number, continuation)
      }
    } onCancel: {
      let waiter = state.withLock { state in
        state.waiters.firstIndex { $0.number == number }.map { state.waiters.remove(at: $0) }
      }
      waiter?.continuation.resume(returning: nil)
    }
    if request.isPassword {
      restoreEcho()
      // The line ending was not echoed either.
      Printer.shared.prompt("\n")
    }
    return line
  }

  private func wait(_ number: Int, _ continuation: CheckedContinuation<String?, Never>) {
    let (line, isStart) = state.withLock { state -> (String??, Bool) in
      if Task.isCancelled { return (.some(nil), false) }
      if !state.lines.isEmpty { return (.some(state.lines.removeFirst()), false) }
      state.waiters.append((number, continuation))
      defer { state.isReading = true }
      return (nil, !state.isReading)
    }
    if let line { return continuation.resume(returning: line) }
    if isStart { startReading() }
  }

  private func startReading() {
    do throws(SystemError) {
      // The terminal stops a program in the background by a signal to the reading thread.
      try startThread(takesSignals: true) { self.read() }
    } catch {
      deliver(nil)
    }
  }

  /// Reads lines while requests are waiting.
  private func read() {
    while deliver(Swift.readLine(strippingNewline: true)) {}
  }

  /// Delivers a line.
  ///
  /// - Returns: whether another request is waiting.
  @discardableResult
  private func deliver(_ line: String?) -> Bool {
    let (waiter, goesOn) = state.withLock { state in
      let waiter = state.waiters.isEmpty ? nil : state.waiters.removeFirst()
      if waiter == nil { state.lines.append(line) }
      state.isReading = !state.waiters.isEmpty
      return (waiter, state.isReading)
    }
    waiter?.continuation.resume(returning: line)
    return goesOn
  }

  // MARK: Echo

  /// Turns the terminal's echo off.
  func hideEcho() {
    state.withLock { state in
      var settings = termios()
      guard state.settings == nil, tcgetattr(0, &settings) == 0 else { return }
      state.settings = settings
      settings.c_lflag &= ~UInt32(ECHO)
      tcsetattr(0, TCSANOW, &settings)
    }
  }

  /// Turns the terminal's echo on again, if it was turned off.
  ///
  /// - Returns: whether it was turned off.
  @discardableResult
  func restoreEcho() -> Bool {
    state.withLock { state in
      guard var settings = state.settings else { return false }
      state.settings = nil
      tcsetattr(0, TCSANOW, &settings)
      return true
    }
  }
}

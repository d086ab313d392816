import CSystemShims
import Glibc
import Synchronization
import SystemSupport

/// Handles the signals that stop a run, in one thread that waits for them; and Ctrl-Z.
///
/// A signal that was ignored when the program was started stays ignored, as `nohup` and scripts'
/// background jobs require.
enum Signals {
  /// The signals from users, terminals and batch systems that end a program by default.
  private static let stopping = [
    SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGXCPU,
  ]

  private struct State {
    var handler: (@Sendable (Int32) -> Void)?
    /// Whether the run is over, and only pending output remains.
    var isLeaving = false
    var last: Int32?
    var first: ContinuousClock.Instant?
    var count = 0
  }

  private static let state = Mutex(State())

  /// Blocks the signals and starts the thread; call it before anything else.
  static func prepare() {
    // A closed pipe, and a file size limit, are detected by failed writes.
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    var signals = taken
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    do throws(SystemError) {
      try startThread { wait() }
    } catch {
      pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }
  }

  /// Sets the handler for signals; without one they end the program.
  static func handle(_ body: @escaping @Sendable (Int32) -> Void) {
    state.withLock { $0.handler = body }
  }

  /// Makes further signals end only the wait for the reader of the output, because everything is
  /// saved.
  static func leave() {
    state.withLock { $0.isLeaving = true }
  }

  /// The last signal received; nil if there was none.
  static var last: Int32? { state.withLock { $0.last } }

  private static var taken: sigset_t {
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in stopping + [SIGTSTP] where lyre_was_ignored(number) == 0 {
      sigaddset(&signals, number)
    }
    return signals
  }

  private static func wait() {
    var signals = taken
    while true {
      var number: Int32 = 0
      guard sigwait(&signals, &number) == 0 else { continue }
      if number == SIGTSTP { suspend() } else { take(number) }
    }
  }

  private static func take(_ number: Int32) {
    let now = ContinuousClock.now
    let (handler, isLeaving, isRepeated, isPressing) = state.withLock { state in
      // The limit of processor time sends its signal every second.
      let isRepeated = number == SIGXCPU && state.last == SIGXCPU
      let first = state.first ?? now
      if !isRepeated { state.count += 1 }
      state.last = number
      state.first = first
      return (
        state.handler, state.isLeaving, isRepeated, state.count > 2 && now - first > patience
      )
    }
    if isRepeated { return }
    guard handler != nil || isLeaving, !isPressing else {
      // As if the signal had not been blocked.
      StandardInput.shared.restoreEcho()
      _exit(128 + number)
    }
    Printer.shared.hurry()
    if !isLeaving { handler?(number) }
  }

  /// A third signal, this long after the first, ends the program at once: files are never half
  /// written, and the guardian ends the kernels.
  private static let patience = Duration.seconds(5)

  /// Stops on Ctrl-Z with the original state of the terminal, and restores our state when it
  /// continues.
  private static func suspend() {
    Printer.shared.suspend()
    let hidesEcho = StandardInput.shared.restoreEcho()
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGTSTP)
    // The default action, which does not stop a program that could not be continued.
    raise(SIGTSTP)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    if hidesEcho { StandardInput.shared.hideEcho() }
    Printer.shared.resume()
  }
}

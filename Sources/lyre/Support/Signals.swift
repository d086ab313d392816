import CSystemShims
import Glibc
import Synchronization
import SystemSupport

/// The signals that stop a run, taken by one thread that waits for them; and Ctrl-Z.
///
/// A signal that was ignored when the program was started stays ignored, as `nohup` and scripts'
/// background jobs want it.
enum Signals {
  /// What ends a program unless it is handled, and comes from people, terminals and batch systems.
  private static let stopping = [
    SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGXCPU,
  ]

  private struct State {
    var handler: (@Sendable (Int32) -> Void)?
    /// Whether the run is over, and only what waits to be written is left.
    var isLeaving = false
    var last: Int32?
    var first: ContinuousClock.Instant?
    var count = 0
  }

  private static let state = Mutex(State())

  /// Blocks the signals and starts the thread; called before anything else.
  static func prepare() {
    // A reader that goes away, and a limit on files, are noticed where something is written.
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

  /// Has signals handled from now on; without a handler they end the program.
  static func handle(_ body: @escaping @Sendable (Int32) -> Void) {
    state.withLock { $0.handler = body }
  }

  /// From now on a signal only ends the wait for whoever reads what was printed: all is saved.
  static func leave() {
    state.withLock { $0.isLeaving = true }
  }

  /// The last signal that came; nil when none has come.
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
      // The limit of processor time is told anew each second.
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
      // As if it had not been blocked.
      StandardInput.shared.restoreEcho()
      _exit(128 + number)
    }
    Printer.shared.hurry()
    if !isLeaving { handler?(number) }
  }

  /// Who asks a third time, that long after the first, does not want to wait for anything: files are
  /// old or new, and the guardian ends the kernels.
  private static let patience = Duration.seconds(5)

  /// Stops as Ctrl-Z asks, with the terminal as it was found, and goes on as it was left.
  private static func suspend() {
    Printer.shared.suspend()
    let hidesEcho = StandardInput.shared.restoreEcho()
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGTSTP)
    // By its default, which leaves alone a program that nobody could continue.
    raise(SIGTSTP)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    if hidesEcho { StandardInput.shared.hideEcho() }
    Printer.shared.resume()
  }
}

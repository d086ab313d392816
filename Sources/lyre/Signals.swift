import CSystemShims
import Glibc
import Synchronization

/// SIGINT, SIGTERM and SIGHUP, taken by one thread that waits for them.
enum Signals {
  private static let handler = Mutex<(@Sendable (Int32) -> Void)?>(nil)

  /// Blocks the signals and starts the thread; called before anything else.
  static func prepare() {
    // A reader that goes away is noticed where it is written to.
    signal(SIGPIPE, SIG_IGN)
    // So is a limit on the size of files.
    signal(SIGXFSZ, SIG_IGN)
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, number) }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    var thread = pthread_t()
    let failure = pthread_create(
      &thread, nil,
      { _ in
        Signals.wait()
        return nil
      }, nil)
    if failure == 0 { pthread_detach(thread) }
  }

  /// Has signals handled from now on; without a handler they end the program.
  static func handle(_ body: @escaping @Sendable (Int32) -> Void) {
    handler.withLock { $0 = body }
  }

  private static func wait() {
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, number) }
    while true {
      var number: Int32 = 0
      guard sigwait(&signals, &number) == 0 else { continue }
      if let handle = handler.withLock({ $0 }) {
        handle(number)
      } else {
        // As if it had not been blocked.
        _exit(128 + number)
      }
    }
  }
}

import NotebookExecution

/// The exit codes of `lyre`, which are stable.
enum ExitCode: Int32, Comparable {
  case success = 0
  /// A cell failed.
  case cellFailed = 1
  /// Invalid usage, or an unusable input.
  case unusableInput = 2
  /// A time limit was exceeded.
  case timedOut = 3
  /// The kernel died.
  case kernelDied = 4
  /// The kernel is not installed, or did not start.
  case kernelNotStarted = 5
  /// A result could not be written.
  case notWritten = 6
  /// Stopped by SIGHUP.
  case hungUp = 129
  /// Stopped by SIGINT.
  case interrupted = 130
  /// Stopped by SIGQUIT.
  case quit = 131
  /// Stopped by SIGUSR1, which some batch systems send as a warning.
  case warned = 138
  /// Stopped by SIGUSR2, which some batch systems send as a warning.
  case warnedAgain = 140
  /// Stopped by SIGALRM.
  case alarmed = 142
  /// Stopped by SIGTERM.
  case terminated = 143
  /// Stopped by SIGXCPU, the limit of processor time.
  case outOfProcessorTime = 152

  static func < (left: ExitCode, right: ExitCode) -> Bool { left.rawValue < right.rawValue }

  init(signal: Int32) {
    // The number may come from a log.
    self = ExitCode(rawValue: 128 &+ signal) ?? .terminated
  }

  init(_ outcome: RunOutcome) {
    switch outcome {
    case .completed, .cached: self = .success
    case .failed: self = .cellFailed
    case .timedOut, .totalTimeExceeded: self = .timedOut
    case .kernelDied: self = .kernelDied
    case .stopped(let signal): self = ExitCode(signal: signal)
    }
  }

  /// The exit code for several notebooks: that of a signal if there was one, else the highest.
  static func worst(_ codes: [ExitCode]) -> ExitCode { codes.max() ?? .success }
}

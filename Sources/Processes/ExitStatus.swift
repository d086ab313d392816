import Glibc

/// How a process ended.
public enum ExitStatus: Sendable, Hashable, CustomStringConvertible {
  /// The process exited with this code.
  case exited(Int32)
  /// A signal ended the process.
  case signaled(Int32)
  /// The kernel no longer answers: it was started elsewhere, and its process is not visible.
  case lost

  /// The status is unknown, because another part of this program has waited for the process.
  static let unknown = ExitStatus.exited(-1)

  init(waitStatus status: Int32) {
    let signal = status & 0x7F
    self = signal == 0 ? .exited(status >> 8 & 0xFF) : .signaled(signal)
  }

  /// How it ended, as the predicate of a sentence about the process.
  public var description: String {
    switch self {
    case .unknown: "exited with unknown status"
    case .lost: "no longer answers"
    case .exited(let code): "exited with code \(code)"
    case .signaled(SIGKILL): "was killed by SIGKILL (possibly because memory ran out)"
    case .signaled(let signal): "was killed by \(ExitStatus.name(of: signal))"
    }
  }

  /// The name of a signal, such as SIGTERM.
  public static func name(of signal: Int32) -> String {
    switch signal {
    case SIGHUP: "SIGHUP"
    case SIGINT: "SIGINT"
    case SIGQUIT: "SIGQUIT"
    case SIGILL: "SIGILL (illegal instruction)"
    case SIGABRT: "SIGABRT (it aborted)"
    case SIGBUS: "SIGBUS (bus error)"
    case SIGFPE: "SIGFPE (arithmetic fault)"
    case SIGKILL: "SIGKILL"
    case SIGSEGV: "SIGSEGV (segmentation fault)"
    case SIGUSR1: "SIGUSR1"
    case SIGUSR2: "SIGUSR2"
    case SIGPIPE: "SIGPIPE"
    case SIGALRM: "SIGALRM"
    case SIGTERM: "SIGTERM"
    case SIGXCPU: "SIGXCPU (processor time limit)"
    default: "signal \(signal)"
    }
  }
}

import Glibc
import JupyterProtocol
import SystemSupport

/// The wall clock, for the dates of messages.
enum WallClock {
  /// Now, as messages write it.
  static func messageDate() -> String {
    MessageDate.text(nanoseconds: wallClockNanoseconds())
  }

  /// The name of the user, for the headers of messages.
  static func userName() -> String {
    if let name = getenv("USER") ?? getenv("LOGNAME") { return String(cString: name) }
    return "lyre"
  }
}

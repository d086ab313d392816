import Glibc
import JupyterProtocol
import SystemSupport

/// The wall clock, for the dates of messages.
enum WallClock {
  /// The current time in the format of message headers.
  static func messageDate() -> String {
    MessageDate.text(nanoseconds: wallClockNanoseconds())
  }

  /// The user name for message headers.
  static func userName() -> String {
    if let name = getenv("USER") ?? getenv("LOGNAME") { return String(cString: name) }
    return "lyre"
  }
}

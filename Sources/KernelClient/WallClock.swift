import Glibc
import JupyterProtocol

/// The wall clock, for the dates of messages.
enum WallClock {
  /// Now, as messages write it.
  static func messageDate() -> String {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return MessageDate.text(nanoseconds: Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec))
  }

  /// The name of the user, for the headers of messages.
  static func userName() -> String {
    if let name = getenv("USER") ?? getenv("LOGNAME") { return String(cString: name) }
    return "lyre"
  }
}

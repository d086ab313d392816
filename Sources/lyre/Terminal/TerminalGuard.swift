import CSystemShims
import Glibc

/// Restores the terminal if this program is killed while it shows a board.
enum TerminalGuard {
  /// The path of the terminal on standard error; nil if it has none.
  ///
  /// Nothing else calls `ttyname`, whose result is in a buffer of its own.
  private static let path = ttyname(2).map { String(cString: $0) }

  /// Begins to guard the terminal; without the guardian process it is only not guarded.
  static func begin() {
    if let path { _ = lyre_guard_terminal(path) }
  }

  /// The terminal is as it was.
  static func end() {
    if let path { lyre_unguard_terminal(path) }
  }
}

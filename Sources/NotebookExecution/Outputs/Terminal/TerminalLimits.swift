/// How large the terminal is that the text of a stream is thought to be shown on.
///
/// A stream is not a screen: it has no height and no width. Movements are relative, so they reach
/// far; where a screen's edges matter, the common size is taken, and of what may stand above that
/// screen nothing is lost.
struct TerminalLimits: Hashable, Sendable {
  /// The rows of the screen: where "home" is, and how much "erase all" erases.
  var screen: Int16 = 24
  /// How many of the last rows can be reached by going up; what is above them is final.
  var reach: Int16 = 100
  /// How far to the right the cursor can be sent beyond the text of a row.
  var width: Int16 = 256
  /// The columns of a row that are open to change: a longer line goes on in a row of its own.
  var columns: Int16 = 16_384
}

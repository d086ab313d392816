/// The assumed size of the terminal that displays a stream.
///
/// A stream has no height and no width, unlike a screen. Relative movements reach far; where the
/// edges of a screen matter, the most common size is assumed, and no text above that screen is
/// lost.
struct TerminalLimits: Hashable, Sendable {
  /// The rows of the screen: they determine the "home" position and the extent of "erase all".
  var screen: Int16 = 24
  /// How many of the last rows the cursor can reach; the rows above are final.
  var reach: Int16 = 100
  /// How far beyond a row's text the cursor can move to the right.
  var width: Int16 = 256
  /// The columns of a row that can change; a longer line continues in another row.
  var columns: Int16 = 16_384
}

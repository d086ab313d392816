/// Deviations of a reader from RFC 8259.
public struct JSONReadingOptions: Sendable, Hashable {
  /// The maximum nesting of arrays and objects; Python's reader also stops near 1,000.
  public var maximumDepth: Int

  /// Whether `NaN`, `Infinity` and `-Infinity` are accepted as numbers, as in Python.
  public var allowsNonFinite: Bool

  /// Whether invalid UTF-8 is replaced by U+FFFD, as jupyter_client reads messages, instead of
  /// causing an error.
  public var repairsInvalidUTF8: Bool

  /// Creates options; the defaults are 1,000 levels, non-finite numbers, and no invalid UTF-8.
  public init(
    maximumDepth: Int = 1000, allowsNonFinite: Bool = true, repairsInvalidUTF8: Bool = false
  ) {
    self.maximumDepth = maximumDepth
    self.allowsNonFinite = allowsNonFinite
    self.repairsInvalidUTF8 = repairsInvalidUTF8
  }
}

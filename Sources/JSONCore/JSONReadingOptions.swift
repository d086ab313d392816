/// What a reader accepts beyond, or refuses of, RFC 8259.
public struct JSONReadingOptions: Sendable, Hashable {
  /// How deep arrays and objects may be nested; Python's reader gives up near 1,000 too.
  public var maximumDepth: Int

  /// Whether `NaN`, `Infinity` and `-Infinity` are numbers, as in Python.
  public var allowsNonFinite: Bool

  /// Whether bytes that are not UTF-8 become U+FFFD, as jupyter_client reads messages, instead of
  /// being an error.
  public var repairsInvalidUTF8: Bool

  /// The defaults: 1,000 levels, non-finite numbers, and no bytes that are not UTF-8.
  public init(
    maximumDepth: Int = 1000, allowsNonFinite: Bool = true, repairsInvalidUTF8: Bool = false
  ) {
    self.maximumDepth = maximumDepth
    self.allowsNonFinite = allowsNonFinite
    self.repairsInvalidUTF8 = repairsInvalidUTF8
  }
}

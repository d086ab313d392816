/// Why the record of runs cannot be used.
public struct HistoryError: Error, Sendable, CustomStringConvertible {
  /// What is wrong, where, and what to do.
  public var description: String

  /// An error in words.
  public init(description: String) {
    self.description = description
  }
}

/// Why the record of runs cannot be used.
public struct HistoryError: Error, Sendable, CustomStringConvertible {
  /// What is wrong, where, and what to do.
  public var description: String

  /// Whether there is no place to write: a read-only or full disk, or a directory of somebody else's.
  /// Where false the record itself is not as it should be.
  public var isUnwritable = false

  /// An error in words.
  public init(description: String) {
    self.description = description
  }

  /// An error that something cannot be made or written.
  static func unwritable(_ description: String) -> HistoryError {
    var error = HistoryError(description: description)
    error.isUnwritable = true
    return error
  }
}

/// An error that prevents the use of the record of runs.
public struct HistoryError: Error, Sendable, CustomStringConvertible {
  /// The problem, its place, and its fix.
  public var description: String

  /// Whether the record cannot be written: a read-only or full disk, or a directory of another
  /// user.
  ///
  /// If false, the record itself is invalid.
  public var isUnwritable = false

  /// Creates an error from its description.
  public init(description: String) {
    self.description = description
  }

  /// Creates an error for something that cannot be created or written.
  static func unwritable(_ description: String) -> HistoryError {
    var error = HistoryError(description: description)
    error.isUnwritable = true
    return error
  }
}

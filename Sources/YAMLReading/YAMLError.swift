/// An error: a text is not YAML, or exceeds the limits of this reader.
public struct YAMLError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The problem.
  public var message: String
  /// The line, from 1; nil when it is about the whole text.
  public var line: Int?
  /// The column, from 1, in code points.
  public var column: Int?

  /// The place and the message.
  public var description: String {
    guard let line, let column else { return message }
    return "line \(line), column \(column): \(message)"
  }

  /// Creates an error.
  public init(_ message: String, line: Int? = nil, column: Int? = nil) {
    self.message = message
    self.line = line
    self.column = column
  }
}

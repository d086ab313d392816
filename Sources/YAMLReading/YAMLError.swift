/// Why a text is not YAML, or more than is read of YAML, and where.
public struct YAMLError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong.
  public var message: String
  /// The line, from 1; nil when it is about the whole text.
  public var line: Int?
  /// The column, from 1, in code points.
  public var column: Int?

  /// The place and what is wrong.
  public var description: String {
    guard let line, let column else { return message }
    return "line \(line), column \(column): \(message)"
  }

  /// A fault.
  public init(_ message: String, line: Int? = nil, column: Int? = nil) {
    self.message = message
    self.line = line
    self.column = column
  }
}

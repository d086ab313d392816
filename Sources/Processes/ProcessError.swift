/// An error: a process could not be started.
public struct ProcessError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of error.
  public enum Code: Sendable, Hashable {
    /// The command is not valid: it is empty, or a text in it contains a NUL byte.
    case invalidCommand
    /// The working directory cannot be entered.
    case workingDirectoryUnusable
    /// The program does not exist, or cannot be executed.
    case notExecutable
    /// No descriptors, threads or processes are available.
    case resourcesExhausted
  }

  /// The kind of error.
  public var code: Code

  /// What failed, and why.
  public var message: String

  /// Creates an error from its parts.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message.
  public var description: String { message }
}

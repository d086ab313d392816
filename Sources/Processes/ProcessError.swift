/// A process that could not be started.
public struct ProcessError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of thing went wrong.
  public enum Code: Sendable, Hashable {
    /// No system can start such a command: it is empty, or a text in it contains a NUL byte.
    case invalidCommand
    /// The working directory cannot be entered.
    case workingDirectoryUnusable
    /// The program is not there, or cannot be run.
    case notExecutable
    /// There are no descriptors, threads or processes left for it.
    case resourcesExhausted
  }

  /// What kind of thing went wrong.
  public var code: Code

  /// What failed, and why.
  public var message: String

  /// An error with its parts.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message.
  public var description: String { message }
}

/// What keeps a kernel from being started, before there is a process.
public struct LaunchError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of thing is wrong.
  public enum Code: Sendable, Hashable {
    /// The kernelspec, or its `kernel.json`, cannot be used.
    case invalidKernelSpec
    /// The program that the kernelspec names is not there, or cannot be run.
    case programNotFound
    /// There is no directory for the connection file, or no port is free.
    case noConnectionFile
  }

  /// What kind of thing is wrong.
  public var code: Code

  /// What is wrong, and where.
  public var message: String

  /// An error with its parts.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message.
  public var description: String { message }
}

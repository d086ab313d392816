/// An error that prevents a kernel from being started, before its process exists.
public struct LaunchError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of error.
  public enum Code: Sendable, Hashable {
    /// The kernelspec, or its `kernel.json`, is not usable.
    case invalidKernelSpec
    /// The kernelspec's program does not exist or cannot be run.
    case programNotFound
    /// No directory for the connection file could be created, or no port is free.
    case noConnectionFile
  }

  /// The kind of error.
  public var code: Code

  /// The problem, with the file.
  public var message: String

  /// Creates an error from its parts.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message.
  public var description: String { message }
}

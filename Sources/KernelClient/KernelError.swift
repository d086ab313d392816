public import Processes

/// An error in starting a kernel or communicating with it.
///
/// A failed cell is not an error here: it gives a reply with status `error`.
public struct KernelError: Error, Sendable, CustomStringConvertible {
  /// The kind of error.
  public enum Code: Sendable, Equatable {
    /// The process could not be started, or its sockets could not be opened.
    case launchFailed
    /// The process ended before it answered, even with exit code 0.
    case diedBeforeReady
    /// The process runs, but did not answer within the startup timeout.
    case startTimedOut
    /// The process ended during a request.
    case died
    /// A reply did not arrive within its time limit.
    case noReply
    /// The kernel's scope has ended, or the kernel was shut down.
    case closed
    /// The task was cancelled.
    case cancelled
  }

  /// The kind of error.
  public var code: Code

  /// What happened, and how to fix it if known.
  public var message: String

  /// How the process ended, if it did.
  public var exitStatus: ExitStatus?

  /// The last lines that the process wrote to standard error, if any.
  public var standardErrorTail: String

  /// Creates an error from its parts.
  public init(
    _ code: Code, _ message: String, exitStatus: ExitStatus? = nil, standardErrorTail: String = ""
  ) {
    self.code = code
    self.message = message
    self.exitStatus = exitStatus
    self.standardErrorTail = standardErrorTail
  }

  /// The message.
  public var description: String { message }
}

public import Processes

/// What went wrong between Lyre and a kernel.
///
/// A cell that fails is not an error here: it is a reply with status `error`.
public struct KernelError: Error, Sendable, CustomStringConvertible {
  /// What kind of thing went wrong.
  public enum Code: Sendable, Equatable {
    /// The process could not be started, or its sockets could not be opened.
    case launchFailed
    /// The process ended before it answered; also with exit code 0.
    case diedBeforeReady
    /// The process runs, and did not answer within the startup timeout.
    case startTimedOut
    /// The process ended while something was asked of it.
    case died
    /// A reply did not come within its limit.
    case noReply
    /// The kernel's scope has ended, or the kernel was shut down.
    case closed
    /// The task was cancelled.
    case cancelled
  }

  /// What kind of thing went wrong.
  public var code: Code

  /// What happened, in words, with what to do about it where that is known.
  public var message: String

  /// How the process ended, where it did.
  public var exitStatus: ExitStatus?

  /// The last lines that the process wrote to its own standard error, where there are any.
  public var standardErrorTail: String

  /// An error with its parts.
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

/// The type of a message: any text, because kernels also send types outside the specification.
public struct MessageType: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral,
  CustomStringConvertible
{
  /// The type as it is in the header.
  public var rawValue: String

  /// Creates a type from its name.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// Creates a type from its name.
  public init(stringLiteral value: String) { rawValue = value }

  /// The type as it is in the header.
  public var description: String { rawValue }

  /// Runs code.
  public static let executeRequest: MessageType = "execute_request"
  /// Answers `execute_request`.
  public static let executeReply: MessageType = "execute_reply"
  /// Inspects the object at a position in code.
  public static let inspectRequest: MessageType = "inspect_request"
  /// Requests completions of code at a position.
  public static let completeRequest: MessageType = "complete_request"
  /// Asks whether code is complete.
  public static let isCompleteRequest: MessageType = "is_complete_request"
  /// Requests earlier inputs.
  public static let historyRequest: MessageType = "history_request"
  /// Requests the open comms.
  public static let commInfoRequest: MessageType = "comm_info_request"
  /// Requests the kernel's description of itself.
  public static let kernelInfoRequest: MessageType = "kernel_info_request"
  /// Answers `kernel_info_request`.
  public static let kernelInfoReply: MessageType = "kernel_info_reply"
  /// Ends the kernel.
  public static let shutdownRequest: MessageType = "shutdown_request"
  /// Answers `shutdown_request`.
  public static let shutdownReply: MessageType = "shutdown_reply"
  /// Interrupts the running code.
  public static let interruptRequest: MessageType = "interrupt_request"
  /// Carries a request of the Debug Adapter Protocol.
  public static let debugRequest: MessageType = "debug_request"
  /// Creates a subshell (JEP 91).
  public static let createSubshellRequest: MessageType = "create_subshell_request"
  /// Ends a subshell (JEP 91).
  public static let deleteSubshellRequest: MessageType = "delete_subshell_request"
  /// Lists subshells (JEP 91).
  public static let listSubshellRequest: MessageType = "list_subshell_request"
  /// Asks the client for input.
  public static let inputRequest: MessageType = "input_request"
  /// Answers `input_request`.
  public static let inputReply: MessageType = "input_reply"
  /// Text written to standard output or error.
  public static let stream: MessageType = "stream"
  /// A display.
  public static let displayData: MessageType = "display_data"
  /// An update of an earlier display.
  public static let updateDisplayData: MessageType = "update_display_data"
  /// The code that is about to run.
  public static let executeInput: MessageType = "execute_input"
  /// The value of the code that ran.
  public static let executeResult: MessageType = "execute_result"
  /// The code raised an error.
  public static let error: MessageType = "error"
  /// The kernel became busy or idle.
  public static let status: MessageType = "status"
  /// Clears the outputs so far.
  public static let clearOutput: MessageType = "clear_output"
  /// An event of the Debug Adapter Protocol.
  public static let debugEvent: MessageType = "debug_event"
  /// A subscription to iopub has been accepted (JEP 65).
  public static let iopubWelcome: MessageType = "iopub_welcome"
  /// Opens a comm.
  public static let commOpen: MessageType = "comm_open"
  /// Sends data over a comm.
  public static let commMessage: MessageType = "comm_msg"
  /// Closes a comm.
  public static let commClose: MessageType = "comm_close"
}

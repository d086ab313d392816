public import JSONCore

/// The content of a message on iopub, by type.
public enum IOPubContent: Sendable {
  /// The kernel became busy or idle.
  case status(ExecutionState)
  /// The code that is about to run, and its execution count.
  case executeInput(code: String, executionCount: Int?)
  /// Text written to a stream.
  case stream(StreamContent)
  /// A display.
  case displayData(DisplayContent)
  /// An update of an earlier display.
  case updateDisplayData(DisplayContent)
  /// The value of the code that ran.
  case executeResult(DisplayContent, executionCount: Int?)
  /// The code raised an error.
  case error(ErrorContent)
  /// Clears the outputs so far; with `wait` only when a new one arrives.
  case clearOutput(wait: Bool)
  /// Opens, uses or closes a comm.
  case comm(CommContent)
  /// The subscription has been accepted (JEP 65).
  case welcome
  /// Another type of message.
  case other(MessageType)

  /// Parses an iopub message; missing members are empty.
  public init(_ message: Message) {
    let content = message.content
    switch message.header.messageType {
    case .status: self = .status(ExecutionState(content["execution_state"]?.string ?? ""))
    case .executeInput, "pyin":
      self = .executeInput(
        code: content["code"]?.string ?? "", executionCount: content["execution_count"]?.int)
    case .stream: self = .stream(StreamContent(content))
    case .displayData: self = .displayData(DisplayContent(content))
    case .updateDisplayData: self = .updateDisplayData(DisplayContent(content))
    case .executeResult, "pyout":
      self = .executeResult(
        DisplayContent(content), executionCount: content["execution_count"]?.int)
    case .error, "pyerr": self = .error(ErrorContent(content))
    case .clearOutput: self = .clearOutput(wait: content["wait"]?.bool ?? false)
    case .commOpen: self = .comm(CommContent(.open, message))
    case .commMessage: self = .comm(CommContent(.message, message))
    case .commClose: self = .comm(CommContent(.close, message))
    case .iopubWelcome: self = .welcome
    case let type: self = .other(type)
    }
  }
}

/// The execution state of a kernel.
public enum ExecutionState: Sendable, Hashable {
  /// It has not started processing requests.
  case starting
  /// It is processing a request.
  case busy
  /// It has finished a request.
  case idle
  /// A state that is not in the specification.
  case other(String)

  /// Parses a state.
  public init(_ text: String) {
    switch text {
    case "starting": self = .starting
    case "busy": self = .busy
    case "idle": self = .idle
    default: self = .other(text)
    }
  }
}

/// Text that code wrote to a stream.
public struct StreamContent: Sendable, Hashable {
  /// `stdout` or `stderr`.
  public var name: String
  /// The text.
  public var text: String

  /// Creates the content of a stream.
  public init(name: String, text: String) {
    self.name = name
    self.text = text
  }

  /// Parses the content of a `stream` message; protocol 4 named the text `data`.
  public init(_ content: JSONValue) {
    name = content["name"]?.string ?? "stdout"
    text = content["text"]?.string ?? content["data"]?.string ?? ""
  }
}

/// A display, in one or more representations.
public struct DisplayContent: Sendable, Hashable {
  /// The representations by MIME type.
  public var data: JSONObject
  /// Metadata about the representations.
  public var metadata: JSONObject
  /// The id by which it can be updated later; nil for most displays.
  public var displayID: String?

  /// Creates a display.
  public init(data: JSONObject, metadata: JSONObject = [:], displayID: String? = nil) {
    self.data = data
    self.metadata = metadata
    self.displayID = displayID
  }

  /// Parses the content of a display or result.
  public init(_ content: JSONValue) {
    data = content["data"]?.object ?? [:]
    metadata = content["metadata"]?.object ?? [:]
    displayID = content["transient"]?["display_id"]?.string
  }
}

/// A message on a comm, a connection beside the code, as used by widgets.
public struct CommContent: Sendable {
  /// What a message does with the comm.
  public enum Action: Sendable, Hashable {
    /// Opens it.
    case open
    /// Sends data.
    case message
    /// Closes it.
    case close
  }

  /// What the message does with the comm.
  public var action: Action
  /// The id of the comm.
  public var commID: String
  /// The name of the receiving target, when the comm is opened.
  public var targetName: String
  /// The data.
  public var data: JSONObject
  /// Binary buffers; `buffer_paths` in the data has their places.
  public var buffers: [[UInt8]]

  init(_ action: Action, _ message: Message) {
    self.action = action
    commID = message.content["comm_id"]?.string ?? ""
    targetName = message.content["target_name"]?.string ?? ""
    data = message.content["data"]?.object ?? [:]
    buffers = message.buffers
  }
}

/// The content of an `input_request`.
public struct InputRequest: Sendable, Hashable {
  /// The prompt for the user.
  public var prompt: String
  /// Whether the answer is a secret.
  public var isPassword: Bool

  /// Parses a request; an old xeus-python names the member `pwd`.
  public init(_ content: JSONValue) {
    prompt = content["prompt"]?.string ?? ""
    isPassword = content["password"]?.bool ?? content["pwd"]?.bool ?? false
  }
}

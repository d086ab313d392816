public import JSONCore

/// What a kernel broadcasts, by type.
public enum IOPubContent: Sendable {
  /// The kernel became busy or idle.
  case status(ExecutionState)
  /// The code that is about to run, and its number.
  case executeInput(code: String, executionCount: Int?)
  /// Text written to a stream.
  case stream(StreamContent)
  /// Something to show.
  case displayData(DisplayContent)
  /// Something shown earlier has changed.
  case updateDisplayData(DisplayContent)
  /// The value of the code that ran.
  case executeResult(DisplayContent, executionCount: Int?)
  /// The code raised an error.
  case error(ErrorContent)
  /// What was shown so far is to be taken away; with `wait` only when something new comes.
  case clearOutput(wait: Bool)
  /// Opens, uses or closes a comm.
  case comm(CommContent)
  /// The subscription has been taken up (JEP 65).
  case welcome
  /// Something else.
  case other(MessageType)

  /// Reads an iopub message, of which nothing needs to be there: what is missing is empty.
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

/// Whether a kernel is at work.
public enum ExecutionState: Sendable, Hashable {
  /// It has not taken a request yet.
  case starting
  /// It works on a request.
  case busy
  /// It is done with a request.
  case idle
  /// Another word.
  case other(String)

  /// Reads a state.
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

  /// Text of a stream.
  public init(name: String, text: String) {
    self.name = name
    self.text = text
  }

  /// Reads the content of a `stream` message; protocol 4 called the text `data`.
  public init(_ content: JSONValue) {
    name = content["name"]?.string ?? "stdout"
    text = content["text"]?.string ?? content["data"]?.string ?? ""
  }
}

/// Something to show, in one or more representations.
public struct DisplayContent: Sendable, Hashable {
  /// The representations by mime type.
  public var data: JSONObject
  /// What goes with them.
  public var metadata: JSONObject
  /// The name by which it can be changed later; nil for most.
  public var displayID: String?

  /// Something to show.
  public init(data: JSONObject, metadata: JSONObject = [:], displayID: String? = nil) {
    self.data = data
    self.metadata = metadata
    self.displayID = displayID
  }

  /// Reads the content of a display or result.
  public init(_ content: JSONValue) {
    data = content["data"]?.object ?? [:]
    metadata = content["metadata"]?.object ?? [:]
    displayID = content["transient"]?["display_id"]?.string
  }
}

/// A message of a comm: a conversation beside the code, as widgets have them.
public struct CommContent: Sendable {
  /// What is done with the comm.
  public enum Action: Sendable, Hashable {
    /// It is opened.
    case open
    /// Something is said.
    case message
    /// It is closed.
    case close
  }

  /// What is done with the comm.
  public var action: Action
  /// The id of the comm.
  public var commID: String
  /// Who is to take part, when it is opened.
  public var targetName: String
  /// What is said.
  public var data: JSONObject
  /// Binary parts; `buffer_paths` in the data says where they belong.
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
  /// What the user is asked.
  public var prompt: String
  /// Whether the answer is a secret.
  public var isPassword: Bool

  /// Reads a request; an old xeus-python calls the secret `pwd`.
  public init(_ content: JSONValue) {
    prompt = content["prompt"]?.string ?? ""
    isPassword = content["password"]?.bool ?? content["pwd"]?.bool ?? false
  }
}

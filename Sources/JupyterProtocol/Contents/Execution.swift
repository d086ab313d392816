public import JSONCore

/// The content of an `execute_request`.
public struct ExecuteRequest: Sendable, Hashable {
  /// The code to run.
  public var code: String
  /// Whether the kernel should broadcast no outputs and not increase its counter.
  public var isSilent: Bool
  /// Whether the code is stored in the history.
  public var storesHistory: Bool
  /// Expressions to evaluate afterwards.
  public var userExpressions: JSONObject
  /// Whether the code may ask for input.
  public var allowsStdin: Bool
  /// Whether queued requests are aborted when this one fails.
  public var stopsOnError: Bool

  /// Creates a request; the defaults are those of nbclient.
  public init(
    code: String, isSilent: Bool = false, storesHistory: Bool = true,
    userExpressions: JSONObject = [:], allowsStdin: Bool = false, stopsOnError: Bool = true
  ) {
    self.code = code
    self.isSilent = isSilent
    self.storesHistory = storesHistory
    self.userExpressions = userExpressions
    self.allowsStdin = allowsStdin
    self.stopsOnError = stopsOnError
  }

  /// The content in the form that is sent.
  public var json: JSONObject {
    [
      "code": .init(code), "silent": .init(isSilent), "store_history": .init(storesHistory),
      "user_expressions": .object(userExpressions), "allow_stdin": .init(allowsStdin),
      "stop_on_error": .init(stopsOnError),
    ]
  }
}

/// The status of a request in its reply.
public enum ReplyStatus: Sendable, Hashable {
  /// It succeeded.
  case ok
  /// It failed.
  case error
  /// It was aborted: `aborted` in the specification, `abort` from IRkernel and bash_kernel.
  case aborted
  /// A status that is not in the specification.
  case other(String)

  /// Parses a status; a missing one is `ok`, because some kernels omit it.
  public init(_ text: String?) {
    switch text {
    case nil, "ok": self = .ok
    case "error": self = .error
    case "abort", "aborted": self = .aborted
    case let text?: self = .other(text)
    }
  }
}

/// The content of an `execute_reply`.
public struct ExecuteReply: Sendable, Hashable {
  /// How the code ended.
  public var status: ReplyStatus
  /// The kernel's execution counter.
  public var executionCount: Int?
  /// The error; nil unless the status is `error` or the kernel sent one anyway.
  public var error: ErrorContent?
  /// Instructions to a front end: pages, next inputs.
  public var payload: [JSONValue]
  /// The values of the request's expressions.
  public var userExpressions: JSONObject

  /// Parses a reply; missing members get defaults.
  public init(content: JSONValue) {
    status = ReplyStatus(content["status"]?.string)
    executionCount = content["execution_count"]?.int
    let hasError = content["ename"] != nil || content["traceback"] != nil
    error = status == .error || hasError ? ErrorContent(content) : nil
    payload = content["payload"]?.array ?? []
    userExpressions = content["user_expressions"]?.object ?? [:]
  }
}

/// An error that code raised: the content of an `error` message, and part of a reply.
public struct ErrorContent: Sendable, Hashable {
  /// The name of the error, such as `ZeroDivisionError`; empty if the kernel reports none.
  public var name: String
  /// The error message.
  public var value: String
  /// The traceback, with ANSI colours.
  public var traceback: [String]

  /// Creates an error from its parts.
  public init(name: String, value: String, traceback: [String]) {
    self.name = name
    self.value = value
    self.traceback = traceback
  }

  /// Parses an error; missing members get defaults.
  public init(_ content: JSONValue) {
    name = content["ename"]?.string ?? ""
    value = content["evalue"]?.string ?? content["evalue"].map(\.description) ?? ""
    if let lines = content["traceback"]?.array {
      traceback = lines.map { $0.string ?? $0.description }
    } else {
      traceback = content["traceback"]?.string.map { [$0] } ?? []
    }
  }
}

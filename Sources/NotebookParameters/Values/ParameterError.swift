/// Why parameters cannot be put into a notebook.
public struct ParameterError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of fault it is.
  public enum Code: Sendable, Hashable {
    /// Nobody has told how this language writes values.
    case unknownLanguage
    /// The name is none that a variable of the language can have.
    case invalidName
    /// The notebook's own cell of parameters declares it as a constant, for good.
    case constant
    /// The language has nothing that holds the value.
    case unrepresentableValue
  }

  /// What kind of fault it is.
  public var code: Code

  /// The parameter's name; nil when it is about none of them.
  public var parameter: String?

  /// What is wrong, and what to do about it where that is known.
  public var message: String

  /// The parameter and the message.
  public var description: String {
    parameter.map { "parameter '\($0)': \(message)" } ?? message
  }

  /// A fault.
  public init(_ code: Code, _ message: String, parameter: String? = nil) {
    self.code = code
    self.message = message
    self.parameter = parameter
  }
}

/// What a language cannot hold, in words that complete “R cannot hold …”.
struct Unrepresentable: Error {
  var what: String

  init(_ what: String) {
    self.what = what
  }
}

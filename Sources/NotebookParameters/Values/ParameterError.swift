/// An error that prevents the injection of parameters.
public struct ParameterError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of error.
  public enum Code: Sendable, Hashable {
    /// The language is not supported.
    case unknownLanguage
    /// The name is not valid for a variable of the language.
    case invalidName
    /// The notebook's own parameters cell declares it as a constant, which cannot be changed.
    case constant
    /// The language cannot represent the value.
    case unrepresentableValue
  }

  /// The kind of error.
  public var code: Code

  /// The parameter's name; nil if the error is not about one.
  public var parameter: String?

  /// The problem, and its fix if known.
  public var message: String

  /// The parameter and the message.
  public var description: String {
    parameter.map { "parameter '\($0)': \(message)" } ?? message
  }

  /// Creates an error.
  public init(_ code: Code, _ message: String, parameter: String? = nil) {
    self.code = code
    self.message = message
    self.parameter = parameter
  }
}

/// An error: a language cannot represent a value, in words that complete “R cannot represent …”.
struct Unrepresentable: Error {
  var what: String

  init(_ what: String) {
    self.what = what
  }
}

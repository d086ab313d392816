import JSONCore

/// Writes values and assignments in a language.
protocol Language: Sendable {
  /// The name of the language.
  var name: String { get }

  /// The rule for variable names.
  var names: NameRule { get }

  /// The variable for a name, which is unchanged in most languages.
  func variable(_ name: String) -> String

  /// A comment line.
  func comment(_ text: String) -> String

  /// Lines that must precede the assignments of these values.
  func prelude(_ values: [JSONValue]) -> [String]

  /// The lines that assign a value to a name.
  ///
  /// - Parameter isDeclared: whether the notebook's own parameters cell declares the name.
  func assignment(_ name: String, _ value: JSONValue, isDeclared: Bool)
    throws(Unrepresentable) -> String

  /// The declarations in a parameters cell; nil if the language cannot be parsed.
  func declarations(in source: String) -> [DeclaredParameter]?
}

extension Language {
  func variable(_ name: String) -> String { name }
  func prelude(_ values: [JSONValue]) -> [String] { [] }
  func declarations(in source: String) -> [DeclaredParameter]? { nil }
}

/// A language whose values are expressions, built from the inside out.
protocol ExpressionLanguage: Language {
  var null: String { get }
  func bool(_ value: Bool) -> String
  func integer(_ digits: String) throws(Unrepresentable) -> String
  func real(_ text: String) -> String
  var notANumber: String { get }
  func infinity(isNegative: Bool) -> String
  func text(_ value: JSONString) throws(Unrepresentable) -> String
  func list(_ elements: [JSONValue]) throws(Unrepresentable) -> String
  func map(_ members: [JSONObject.Member]) throws(Unrepresentable) -> String
}

extension ExpressionLanguage {
  func bool(_ value: Bool) -> String { value ? "true" : "false" }
  func integer(_ digits: String) throws(Unrepresentable) -> String { digits }
  func real(_ text: String) -> String { text }

  /// The expression for a value.
  func expression(_ value: JSONValue) throws(Unrepresentable) -> String {
    switch value {
    case .null: return null
    case .bool(let value): return bool(value)
    case .number(let number):
      switch NumberKind(number) {
      case .integer(let digits): return try integer(digits)
      case .real(let text): return real(text)
      case .notANumber: return notANumber
      case .infinity(let isNegative): return infinity(isNegative: isNegative)
      }
    case .string(let string): return try text(string)
    case .array(let elements): return try list(elements)
    case .object(let object): return try map(object.withoutDuplicates)
    }
  }

  /// The expressions for values, joined by a separator.
  func expressions(_ values: [JSONValue], _ separator: String = ", ") throws(Unrepresentable)
    -> String
  {
    var parts: [String] = []
    for value in values { parts.append(try expression(value)) }
    return parts.joined(separator: separator)
  }

  /// The members as expressions, with a separator between name and value, and one between members.
  func pairs(_ members: [JSONObject.Member], _ between: String, _ separator: String = ", ")
    throws(Unrepresentable) -> String
  {
    var parts: [String] = []
    for member in members {
      parts.append(try text(member.key) + between + expression(member.value))
    }
    return parts.joined(separator: separator)
  }

  /// An integer written as a floating-point number, which must be exact.
  func exactDouble(_ digits: String) throws(Unrepresentable) -> String {
    guard NumberKind.isExactDouble(digits) else {
      // Without the value, which may be a secret: messages are recorded.
      let count = digits.count(where: \.isNumber)
      throw Unrepresentable("this integer of \(count) digits exactly")
    }
    return digits
  }
}

extension JSONObject {
  /// The members without duplicates: each name at its first place, with its last value.
  var withoutDuplicates: [Member] {
    var places: [JSONString: Int] = [:]
    var result: [Member] = []
    for member in self {
      if let place = places[member.key] {
        result[place].value = member.value
      } else {
        places[member.key] = result.count
        result.append(member)
      }
    }
    return result
  }
}

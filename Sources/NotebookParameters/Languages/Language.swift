import JSONCore

/// How a language writes values and gives names to them.
protocol Language: Sendable {
  /// What the language is called.
  var name: String { get }

  /// Which names variables can have.
  var names: NameRule { get }

  /// The name that a variable gets: most languages take it as it is.
  func variable(_ name: String) -> String

  /// A line that the language does not run.
  func comment(_ text: String) -> String

  /// Lines that have to stand before the assignments of these values.
  func prelude(_ values: [JSONValue]) -> [String]

  /// The lines that give a name to a value.
  ///
  /// - Parameter isDeclared: whether the notebook's own cell of parameters declares the name.
  func assignment(_ name: String, _ value: JSONValue, isDeclared: Bool)
    throws(Unrepresentable) -> String

  /// What the cell of parameters declares; nil where nobody has told how to read the language.
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

  /// The expressions for values, with a separator between them.
  func expressions(_ values: [JSONValue], _ separator: String = ", ") throws(Unrepresentable)
    -> String
  {
    var parts: [String] = []
    for value in values { parts.append(try expression(value)) }
    return parts.joined(separator: separator)
  }

  /// The members as expressions, with what stands between name and value and between members.
  func pairs(_ members: [JSONObject.Member], _ between: String, _ separator: String = ", ")
    throws(Unrepresentable) -> String
  {
    var parts: [String] = []
    for member in members {
      parts.append(try text(member.key) + between + expression(member.value))
    }
    return parts.joined(separator: separator)
  }

  /// An integer that only a floating-point number could hold, where that holds it exactly.
  func exactDouble(_ digits: String) throws(Unrepresentable) -> String {
    guard NumberKind.isExactDouble(digits) else {
      throw Unrepresentable("the integer \(digits) exactly")
    }
    return digits
  }
}

extension JSONObject {
  /// The members, each name once, where it stands first, with its last value.
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

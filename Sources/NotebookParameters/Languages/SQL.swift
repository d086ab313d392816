import JSONCore

/// SQL: variables if the dialect has them, otherwise comments.
struct SQL: ExpressionLanguage {
  /// How the dialect assigns a value to a name.
  enum Dialect: Sendable {
    /// `SET @n = v;`, as in MySQL and MariaDB.
    case userVariables
    /// `SET VARIABLE n = v;`, as in DuckDB.
    case setVariable
    /// Not at all: values are written as comments.
    case comments
  }

  var dialect = Dialect.comments

  let name = "SQL"
  let names = NameRule(reserved: "", allowsUnicode: false)
  let null = "NULL"
  let notANumber = "'nan'"

  func comment(_ text: String) -> String { "-- \(text)" }

  func assignment(_ name: String, _ value: JSONValue, isDeclared: Bool)
    throws(Unrepresentable) -> String
  {
    switch dialect {
    case .userVariables: "SET @\(name) = \(try expression(value));"
    case .setVariable: "SET VARIABLE \(name) = \(try expression(value));"
    case .comments: "-- \(name) = \(json(value))"
    }
  }

  /// JSON on one line, without any character that may end a line.
  private func json(_ value: JSONValue) -> String {
    var style = JSONStyle.compact
    style.escapesNonASCII = true
    return String(decoding: value.serialized(style), as: UTF8.self)
  }

  func bool(_ value: Bool) -> String { value ? "TRUE" : "FALSE" }
  func infinity(isNegative: Bool) -> String { isNegative ? "'-inf'" : "'inf'" }

  private static let mysqlStrings = StringStyle(
    quote: "'",
    escape: { point in
      switch point {
      case 0: "\\0"
      case 0x0A: "\\n"
      case 0x0D: "\\r"
      case 0x1A: "\\Z"
      case 0x27: "''"
      case 0x5C: "\\\\"
      default: nil
      }
    })

  private static let standardStrings = StringStyle(
    quote: "'", escape: { $0 == 0x27 ? "''" : nil }, holdsNull: false)

  func text(_ value: JSONString) throws(Unrepresentable) -> String {
    try (dialect == .userVariables ? SQL.mysqlStrings : SQL.standardStrings).literal(value)
  }

  // Values without a literal in SQL are written as JSON, which both dialects can read.
  func list(_ elements: [JSONValue]) throws(Unrepresentable) -> String {
    try text(JSONString(json(.array(elements))))
  }

  func map(_ members: [JSONObject.Member]) throws(Unrepresentable) -> String {
    try text(JSONString(json(.object(JSONObject(members)))))
  }
}

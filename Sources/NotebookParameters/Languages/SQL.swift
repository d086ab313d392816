import JSONCore

/// SQL: variables where the dialect has them, comments where it has none.
struct SQL: ExpressionLanguage {
  /// What the dialect does to give a name to a value.
  enum Dialect: Sendable {
    /// `SET @n = v;`, as MySQL and MariaDB.
    case userVariables
    /// `SET VARIABLE n = v;`, as DuckDB.
    case setVariable
    /// Nothing: values are written down as comments.
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

  /// JSON on one line, whatever a line may end with.
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

  // What SQL has no literal for is JSON, which both dialects can read.
  func list(_ elements: [JSONValue]) throws(Unrepresentable) -> String {
    try text(JSONString(json(.array(elements))))
  }

  func map(_ members: [JSONObject.Member]) throws(Unrepresentable) -> String {
    try text(JSONString(json(.object(JSONObject(members)))))
  }
}

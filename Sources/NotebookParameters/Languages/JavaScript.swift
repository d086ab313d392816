import JSONCore

/// JavaScript and TypeScript.
struct JavaScript: ExpressionLanguage {
  /// Whether it is TypeScript.
  var isTypeScript = false

  var name: String { isTypeScript ? "TypeScript" : "JavaScript" }
  let names = NameRule(
    reserved: """
      arguments await break case catch class const continue debugger default delete do else enum \
      eval export extends false finally for function if implements import in instanceof interface \
      let new null package private protected public return static super switch this throw true \
      try typeof undefined var void while with yield NaN Infinity
      """, first: "_$")
  let null = "null"
  let notANumber = "NaN"

  func comment(_ text: String) -> String { "// \(text)" }

  func assignment(_ name: String, _ value: JSONValue, isDeclared: Bool)
    throws(Unrepresentable) -> String
  {
    // A second declaration beside a `let` is an error; without a first one, a declaration is
    // required.
    let declaration = isDeclared ? "" : isTypeScript ? "let " : "var "
    return "\(declaration)\(name) = \(try expression(value));"
  }

  func integer(_ digits: String) throws(Unrepresentable) -> String {
    IntegerSize(digits) <= .safe ? digits : digits + "n"
  }

  func infinity(isNegative: Bool) -> String { isNegative ? "-Infinity" : "Infinity" }

  private static let strings = StringStyle(
    escape: { point in
      if let escape = StringStyle.common(point) { return escape }
      return CodePoint.isPlain(point) ? nil : CodePoint.utf16Escape(point)
    }, holdsSurrogates: true)

  func text(_ value: JSONString) throws(Unrepresentable) -> String {
    try JavaScript.strings.literal(value)
  }

  func list(_ elements: [JSONValue]) throws(Unrepresentable) -> String {
    "[\(try expressions(elements))]"
  }

  func map(_ members: [JSONObject.Member]) throws(Unrepresentable) -> String {
    var pairs: [String] = []
    for member in members {
      // As a plain name, it would set the object's prototype.
      let key = member.key == "__proto__" ? "[\"__proto__\"]" : try text(member.key)
      pairs.append("\(key): \(try expression(member.value))")
    }
    return "{\(pairs.joined(separator: ", "))}"
  }
}

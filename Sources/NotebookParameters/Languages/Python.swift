import JSONCore

/// Python and languages with the same syntax.
struct Python: ExpressionLanguage {
  let name = "Python"
  let names = PythonDeclarations.nameRule
  let null = "None"
  let notANumber = "float('nan')"

  func comment(_ text: String) -> String { "# \(text)" }

  func assignment(_ name: String, _ value: JSONValue, isDeclared: Bool)
    throws(Unrepresentable) -> String
  {
    "\(name) = \(try expression(value))"
  }

  func bool(_ value: Bool) -> String { value ? "True" : "False" }

  func integer(_ digits: String) throws(Unrepresentable) -> String {
    // Longer integers are a syntax error (CVE-2020-10735).
    guard digits.utf8.count <= 4300 else {
      throw Unrepresentable("an integer of more than 4300 digits in its source")
    }
    return digits
  }

  func infinity(isNegative: Bool) -> String { isNegative ? "float('-inf')" : "float('inf')" }

  private static let strings = StringStyle(
    escape: { point in
      if let escape = StringStyle.common(point) { return escape }
      if CodePoint.isPlain(point) { return nil }
      if point < 0x80 { return "\\x" + CodePoint.hex(point, 2) }
      return point <= 0xFFFF
        ? "\\u" + CodePoint.hex(point, 4) : "\\U" + CodePoint.hex(point, 8)
    }, holdsSurrogates: true)

  func text(_ value: JSONString) throws(Unrepresentable) -> String {
    try Python.strings.literal(value)
  }

  func list(_ elements: [JSONValue]) throws(Unrepresentable) -> String {
    "[\(try expressions(elements))]"
  }

  func map(_ members: [JSONObject.Member]) throws(Unrepresentable) -> String {
    "{\(try pairs(members, ": "))}"
  }

  func declarations(in source: String) -> [DeclaredParameter]? {
    PythonDeclarations.read(source)
  }
}

import JSONCore

/// R.
struct R: ExpressionLanguage {
  let name = "R"
  let names = NameRule(
    reserved: """
      if else repeat while function for next break TRUE FALSE NULL Inf NaN NA NA_integer_ NA_real_ \
      NA_complex_ NA_character_ in
      """, first: ".", following: "_")
  let null = "NULL"
  let notANumber = "NaN"

  func comment(_ text: String) -> String { "# \(text)" }

  /// The name without leading underscores, which are not allowed in R; like papermill.
  func variable(_ name: String) -> String { String(name.drop { $0 == "_" }) }

  func assignment(_ name: String, _ value: JSONValue, isDeclared: Bool)
    throws(Unrepresentable) -> String
  {
    "\(name) = \(try expression(value))"
  }

  func bool(_ value: Bool) -> String { value ? "TRUE" : "FALSE" }

  // Numbers without a suffix are doubles.
  func integer(_ digits: String) throws(Unrepresentable) -> String { try exactDouble(digits) }

  func infinity(isNegative: Bool) -> String { isNegative ? "-Inf" : "Inf" }

  // All non-ASCII characters are escaped: in the C locale, as in many containers, R reads other
  // characters of its source as the text `<U+00E9>`.
  private static let strings = StringStyle(
    escape: { point in
      if let escape = StringStyle.common(point) { return escape }
      if CodePoint.isPlain(point), point < 0x80 { return nil }
      return point <= 0xFFFF
        ? "\\u{\(CodePoint.hex(point, 4))}" : "\\U{\(CodePoint.hex(point, 8))}"
    }, holdsNull: false)

  func text(_ value: JSONString) throws(Unrepresentable) -> String {
    try R.strings.literal(value)
  }

  func list(_ elements: [JSONValue]) throws(Unrepresentable) -> String {
    "list(\(try expressions(elements)))"
  }

  func map(_ members: [JSONObject.Member]) throws(Unrepresentable) -> String {
    if members.contains(where: { $0.key == "" }) {
      // An argument cannot have an empty name.
      let names = try expressions(members.map { .string($0.key) })
      return "setNames(\(try list(members.map(\.value))), c(\(names)))"
    }
    return "list(\(try pairs(members, " = ")))"
  }

  func declarations(in source: String) -> [DeclaredParameter]? { RDeclarations.read(source) }
}

import JSONCore

/// Julia.
struct Julia: ExpressionLanguage {
  let name = "Julia"
  let names = NameRule(
    reserved: """
      baremodule begin break catch const continue do else elseif end export false finally for \
      function global if import let local macro module quote return struct true try using while
      """, following: "!")
  let null = "nothing"
  let notANumber = "NaN"

  func comment(_ text: String) -> String { "# \(text)" }

  func assignment(_ name: String, _ value: JSONValue, isDeclared: Bool)
    throws(Unrepresentable) -> String
  {
    "\(name) = \(try expression(value))"
  }

  func infinity(isNegative: Bool) -> String { isNegative ? "-Inf" : "Inf" }

  private static let strings = StringStyle(
    escape: { point in
      if let escape = StringStyle.common(point) { return escape }
      if point == 0x24 { return "\\$" }
      if CodePoint.isPlain(point) { return nil }
      return point <= 0xFFFF
        ? "\\u" + CodePoint.hex(point, 4) : "\\U" + CodePoint.hex(point, 8)
    }, holdsSurrogates: true)

  func text(_ value: JSONString) throws(Unrepresentable) -> String {
    try Julia.strings.literal(value)
  }

  // Without a type, numbers are converted to a common type: [1, 2.5] would contain 1.0.
  func list(_ elements: [JSONValue]) throws(Unrepresentable) -> String {
    "\(Shape.areAlike(elements) ? "" : "Any")[\(try expressions(elements))]"
  }

  func map(_ members: [JSONObject.Member]) throws(Unrepresentable) -> String {
    let type = Shape.areAlike(members.map(\.value)) ? "" : "{String, Any}"
    return "Dict\(type)(\(try pairs(members, " => ")))"
  }
}

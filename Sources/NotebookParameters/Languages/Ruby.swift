import JSONCore

/// Ruby.
struct Ruby: ExpressionLanguage {
  let name = "Ruby"
  let names = NameRule(
    reserved: """
      BEGIN END __ENCODING__ __FILE__ __LINE__ alias and begin break case class def defined do \
      else elsif end ensure false for if in module next nil not or redo rescue retry return self \
      super then true undef unless until when while yield
      """)
  let null = "nil"
  let notANumber = "Float::NAN"

  func comment(_ text: String) -> String { "# \(text)" }

  func assignment(_ name: String, _ value: JSONValue, isDeclared: Bool)
    throws(Unrepresentable) -> String
  {
    "\(name) = \(try expression(value))"
  }

  func infinity(isNegative: Bool) -> String {
    isNegative ? "-Float::INFINITY" : "Float::INFINITY"
  }

  private static let strings = StringStyle(
    escape: { point in
      if let escape = StringStyle.common(point) { return escape }
      if point == 0x23 { return "\\#" }
      return CodePoint.isPlain(point) ? nil : "\\u{\(CodePoint.hex(point, 1))}"
    })

  func text(_ value: JSONString) throws(Unrepresentable) -> String {
    try Ruby.strings.literal(value)
  }

  func list(_ elements: [JSONValue]) throws(Unrepresentable) -> String {
    "[\(try expressions(elements))]"
  }

  func map(_ members: [JSONObject.Member]) throws(Unrepresentable) -> String {
    "{\(try pairs(members, " => "))}"
  }
}

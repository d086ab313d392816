import JSONCore

/// The strings of C# and F#.
private let dotNetStrings = StringStyle(
  escape: { point in
    if let escape = StringStyle.common(point) { return escape }
    if CodePoint.isPlain(point) { return nil }
    return point <= 0xFFFF ? "\\u" + CodePoint.hex(point, 4) : "\\U" + CodePoint.hex(point, 8)
  }, holdsSurrogates: true)

/// C#.
struct CSharp: ExpressionLanguage {
  let name = "C#"
  let names = NameRule(
    reserved: """
      abstract as base bool break byte case catch char checked class const continue decimal \
      default delegate do double else enum event explicit extern false finally fixed float for \
      foreach goto if implicit in int interface internal is lock long namespace new null object \
      operator out override params private protected public readonly ref return sbyte sealed \
      short sizeof stackalloc static string struct switch this throw true try typeof uint ulong \
      unchecked unsafe ushort using virtual void volatile while
      """)
  let null = "null"
  let notANumber = "double.NaN"

  func comment(_ text: String) -> String { "// \(text)" }

  func assignment(_ name: String, _ value: JSONValue, isDeclared: Bool)
    throws(Unrepresentable) -> String
  {
    "\(value.isNull ? "object" : "var") \(name) = \(try expression(value));"
  }

  func integer(_ digits: String) throws(Unrepresentable) -> String {
    switch IntegerSize(digits) {
    case .int32: digits
    case .safe, .int64: digits + "L"
    case .uint64: digits + "UL"
    default: "System.Numerics.BigInteger.Parse(\"\(digits)\")"
    }
  }

  func infinity(isNegative: Bool) -> String {
    isNegative ? "double.NegativeInfinity" : "double.PositiveInfinity"
  }

  func text(_ value: JSONString) throws(Unrepresentable) -> String {
    try dotNetStrings.literal(value)
  }

  func list(_ elements: [JSONValue]) throws(Unrepresentable) -> String {
    let isTyped = !elements.isEmpty && Shape.areAlike(elements)
    return "new \(isTyped ? "" : "object")[] { \(try expressions(elements)) }"
  }

  func map(_ members: [JSONObject.Member]) throws(Unrepresentable) -> String {
    var pairs: [String] = []
    for member in members {
      pairs.append("{ \(try text(member.key)) , \(try expression(member.value)) }")
    }
    return "new Dictionary<string,Object>{ \(pairs.joined(separator: ", ")) }"
  }
}

/// F#.
struct FSharp: ExpressionLanguage {
  let name = "F#"
  let names = NameRule(
    reserved: """
      abstract and as assert base begin class const default delegate do done downcast downto elif \
      else end exception extern false finally fixed for fun function global if in inherit inline \
      interface internal lazy let match member module mutable namespace new not null of open or \
      override private public rec return sig static struct then to true try type upcast use val \
      void when while with yield _
      """, following: "'")
  let null = "None"
  let notANumber = "nan"

  func comment(_ text: String) -> String { "(* \(text) *)" }

  func assignment(_ name: String, _ value: JSONValue, isDeclared: Bool)
    throws(Unrepresentable) -> String
  {
    "let \(name) = \(try value.isNull ? anyNull : expression(value))"
  }

  private let anyNull = "(None : obj option)"

  func integer(_ digits: String) throws(Unrepresentable) -> String {
    switch IntegerSize(digits) {
    case .int32: digits
    case .safe, .int64: digits + "L"
    case .uint64: digits + "UL"
    default: digits + "I"
    }
  }

  func infinity(isNegative: Bool) -> String { isNegative ? "-infinity" : "infinity" }

  func text(_ value: JSONString) throws(Unrepresentable) -> String {
    try dotNetStrings.literal(value)
  }

  func list(_ elements: [JSONValue]) throws(Unrepresentable) -> String {
    if elements.isEmpty { return "([] : obj list)" }
    if Shape.areAlike(elements) { return "[ \(try expressions(elements, "; ")) ]" }
    var boxed: [String] = []
    for element in elements { boxed.append("box (\(try inner(element)))") }
    return "[ \(boxed.joined(separator: "; ")) ]"
  }

  func map(_ members: [JSONObject.Member]) throws(Unrepresentable) -> String {
    var pairs: [String] = []
    for member in members {
      pairs.append(
        "(\(try text(member.key)), \(try inner(member.value)) :> System.IComparable)")
    }
    if pairs.isEmpty { return "(Map.empty : Map<string, System.IComparable>)" }
    return "[ \(pairs.joined(separator: "; ")) ] |> Map.ofList"
  }

  /// A value whose type does not follow from its context.
  private func inner(_ value: JSONValue) throws(Unrepresentable) -> String {
    switch value {
    case .null: anyNull
    case .object: "(\(try expression(value)))"
    default: try expression(value)
    }
  }
}

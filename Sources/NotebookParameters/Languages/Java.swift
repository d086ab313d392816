import JSONCore

/// Java, in the snippets of JShell.
struct Java: ExpressionLanguage {
  let name = "Java"
  let names = NameRule(
    reserved: """
      abstract assert boolean break byte case catch char class const continue default do double \
      else enum extends false final finally float for goto if implements import instanceof int \
      interface long native new null package private protected public return short static \
      strictfp super switch synchronized this throw throws transient true try void volatile while _
      """, first: "_$")
  let null = "null"
  let notANumber = "Double.NaN"

  func comment(_ text: String) -> String { "// \(text)" }

  func assignment(_ name: String, _ value: JSONValue, isDeclared: Bool)
    throws(Unrepresentable) -> String
  {
    let type =
      switch value {
      case .null: "Object"
      case .object: "java.util.Map<String, Object>"
      default: "var"
      }
    return "\(type) \(name) = \(try expression(value));"
  }

  func integer(_ digits: String) throws(Unrepresentable) -> String {
    switch IntegerSize(digits) {
    case .int32: digits
    case .safe, .int64: digits + "L"
    default: "new java.math.BigInteger(\"\(digits)\")"
    }
  }

  func infinity(isNegative: Bool) -> String {
    isNegative ? "Double.NEGATIVE_INFINITY" : "Double.POSITIVE_INFINITY"
  }

  func text(_ value: JSONString) throws(Unrepresentable) -> String {
    let pieces = try JVM.pieces(value, JVM.javaStrings)
    return pieces.count == 1
      ? pieces[0] : "String.join(\"\", \(pieces.joined(separator: ", ")))"
  }

  // Unlike List.of, this accepts null.
  func list(_ elements: [JSONValue]) throws(Unrepresentable) -> String {
    if elements.isEmpty { return "new java.util.ArrayList<Object>()" }
    let isSimple = Shape.areAlike(elements) && Shape(elements[0]).isScalar
    return "java.util.Arrays.\(isSimple ? "" : "<Object>")asList(\(try items(elements)))"
  }

  /// A single null would be treated as an array.
  private func items(_ elements: [JSONValue]) throws(Unrepresentable) -> String {
    elements == [.null] ? "(Object) null" : try expressions(elements)
  }

  // Unlike Map.of, this preserves the order, and accepts null and more than ten members.
  func map(_ members: [JSONObject.Member]) throws(Unrepresentable) -> String {
    let type = "new java.util.LinkedHashMap<String, Object>()"
    if members.isEmpty { return type }
    var puts: [String] = []
    for member in members {
      puts.append("put(\(try text(member.key)), \(try expression(member.value)));")
    }
    return "\(type) {{ \(puts.joined(separator: " ")) }}"
  }
}

/// Kotlin.
struct Kotlin: ExpressionLanguage {
  let name = "Kotlin"
  let names = NameRule(
    reserved: """
      as break class continue do else false for fun if in interface is null object package return \
      super this throw true try typealias typeof val var when while _
      """)
  let null = "null"
  let notANumber = "Double.NaN"

  func comment(_ text: String) -> String { "// \(text)" }

  func assignment(_ name: String, _ value: JSONValue, isDeclared: Bool)
    throws(Unrepresentable) -> String
  {
    "val \(name)\(value.isNull ? ": Any?" : "") = \(try expression(value))"
  }

  func integer(_ digits: String) throws(Unrepresentable) -> String {
    // The smallest integers have no literal, because their digits without the sign are out of
    // range.
    if digits == "-2147483648" { return "Int.MIN_VALUE" }
    if digits == "-9223372036854775808" { return "Long.MIN_VALUE" }
    return switch IntegerSize(digits) {
    case .int32: digits
    case .safe, .int64: digits + "L"
    default: "java.math.BigInteger(\"\(digits)\")"
    }
  }

  func infinity(isNegative: Bool) -> String {
    isNegative ? "Double.NEGATIVE_INFINITY" : "Double.POSITIVE_INFINITY"
  }

  func text(_ value: JSONString) throws(Unrepresentable) -> String {
    let pieces = try JVM.pieces(value, JVM.kotlinStrings)
    return pieces.count == 1
      ? pieces[0] : "listOf(\(pieces.joined(separator: ", "))).joinToString(\"\")"
  }

  func list(_ elements: [JSONValue]) throws(Unrepresentable) -> String {
    let isTyped = !elements.isEmpty && Shape.areAlike(elements)
    return "listOf\(isTyped ? "" : "<Any?>")(\(try expressions(elements)))"
  }

  func map(_ members: [JSONObject.Member]) throws(Unrepresentable) -> String {
    let isTyped = !members.isEmpty && Shape.areAlike(members.map(\.value))
    return "mapOf\(isTyped ? "" : "<String, Any?>")(\(try pairs(members, " to ")))"
  }
}

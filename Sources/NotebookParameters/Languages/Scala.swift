import JSONCore

/// Scala.
struct Scala: ExpressionLanguage {
  let name = "Scala"
  let names = NameRule(
    reserved: """
      abstract case catch class def do else enum export extends false final finally for given if \
      implicit import lazy match new null object override package private protected return sealed \
      super then this throw trait true try type val var while with yield _
      """, first: "_$")
  let null = "None"
  let notANumber = "Double.NaN"

  func comment(_ text: String) -> String { "// \(text)" }

  func assignment(_ name: String, _ value: JSONValue, isDeclared: Bool)
    throws(Unrepresentable) -> String
  {
    "val \(name) = \(try expression(value))"
  }

  func integer(_ digits: String) throws(Unrepresentable) -> String {
    switch IntegerSize(digits) {
    case .int32: digits
    case .safe, .int64: digits + "L"
    default: "BigInt(\"\(digits)\")"
    }
  }

  func infinity(isNegative: Bool) -> String {
    isNegative ? "Double.NegativeInfinity" : "Double.PositiveInfinity"
  }

  func text(_ value: JSONString) throws(Unrepresentable) -> String {
    let pieces = try JVM.pieces(value, JVM.scalaStrings)
    return pieces.count == 1
      ? pieces[0] : "Seq(\(pieces.joined(separator: ", "))).mkString"
  }

  // Without a type, numbers are converted to a common type: Seq(1, 2.5) would contain 1.0.
  func list(_ elements: [JSONValue]) throws(Unrepresentable) -> String {
    "Seq\(Shape.areAlike(elements) ? "" : "[Any]")(\(try expressions(elements)))"
  }

  func map(_ members: [JSONObject.Member]) throws(Unrepresentable) -> String {
    let type = Shape.areAlike(members.map(\.value)) ? "" : "[String, Any]"
    return "Map\(type)(\(try pairs(members, " -> ")))"
  }
}

/// The shared part of the Java virtual machine's languages.
enum JVM {
  /// The literals of a text, several if one constant would be too long: in a class file the limit
  /// is 65535 bytes.
  static func pieces(_ value: JSONString, _ style: StringStyle) throws(Unrepresentable)
    -> [String]
  {
    let points = value.codePoints
    if points.isEmpty { return ["\"\""] }
    var pieces: [String] = []
    for start in stride(from: 0, to: points.count, by: 10_000) {
      let piece = points[start..<min(start + 10_000, points.count)]
      pieces.append("\"\(try style.content(piece))\"")
    }
    return pieces
  }

  /// Java and Scala 2.12 treat `\u000a` in source as a line break, so characters with an escape of
  /// their own use that.
  static let scalaStrings = StringStyle(
    escape: { point in
      if let escape = StringStyle.common(point) { return escape }
      return CodePoint.isPlain(point) ? nil : CodePoint.utf16Escape(point)
    }, holdsSurrogates: true)

  static let javaStrings = StringStyle(
    escape: { point in
      if let escape = StringStyle.common(point) { return escape }
      if CodePoint.isPlain(point) { return nil }
      return point < 0x80 ? CodePoint.octalEscape(point) : CodePoint.utf16Escape(point)
    }, holdsSurrogates: true)

  static let kotlinStrings = StringStyle(
    escape: { point in
      if point == 0x24 { return "\\$" }
      return scalaStrings.escape(point)
    }, holdsSurrogates: true)
}

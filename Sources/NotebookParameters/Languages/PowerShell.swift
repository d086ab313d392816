import JSONCore

/// PowerShell.
struct PowerShell: ExpressionLanguage {
  let name = "PowerShell"
  /// The reserved names are variables that cannot be set.
  let names = NameRule(
    reserved: """
      true false null error executioncontext home host pid pshome psedition \
      psversiontable shellid iswindows islinux ismacos iscoreclr enabledexperimentalfeatures
      """, mayStartWithDigit: true, isCaseSensitive: false)
  let null = "$Null"
  let notANumber = "[double]::NaN"

  func comment(_ text: String) -> String { "# \(text)" }

  func assignment(_ name: String, _ value: JSONValue, isDeclared: Bool)
    throws(Unrepresentable) -> String
  {
    "$\(name) = \(try expression(value))"
  }

  func bool(_ value: Bool) -> String { value ? "$True" : "$False" }

  func integer(_ digits: String) throws(Unrepresentable) -> String {
    IntegerSize(digits) <= .int64 ? digits : "([bigint]\"\(digits)\")"
  }

  func infinity(isNegative: Bool) -> String {
    isNegative ? "[double]::NegativeInfinity" : "[double]::PositiveInfinity"
  }

  private static let strings = StringStyle(
    escape: { point in
      switch point {
      // Typographic quotes end strings as well.
      case 0x22, 0x24, 0x60, 0x201C...0x201E: Unicode.Scalar(point).map { "`\($0)" }
      case 0x0A: "`n"
      case 0x0D: "`r"
      case 0x09: "`t"
      case _ where CodePoint.isPlain(point): nil
      case 0...0xFFFF: "$([char]0x\(CodePoint.hex(point, 4)))"
      default: "$([char]::ConvertFromUtf32(0x\(CodePoint.hex(point, 5))))"
      }
    }, holdsSurrogates: true)

  func text(_ value: JSONString) throws(Unrepresentable) -> String {
    try PowerShell.strings.literal(value)
  }

  func list(_ elements: [JSONValue]) throws(Unrepresentable) -> String {
    // Without the comma, a list as the only element would replace the outer list.
    let isNested = elements.count == 1 && elements[0].array != nil
    return "@(\(isNested ? "," : "")\(try expressions(elements)))"
  }

  func map(_ members: [JSONObject.Member]) throws(Unrepresentable) -> String {
    let names = Set(members.map { $0.key.string.lowercased() })
    if names.count == members.count { return "@{\(try pairs(members, " = ", "; "))}" }
    // The names in a literal must differ by more than their case.
    var adds: [String] = []
    for member in members {
      adds.append("$h[\(try text(member.key))] = \(try expression(member.value))")
    }
    return "(& { $h = [System.Collections.Hashtable]::new(); \(adds.joined(separator: "; ")); $h })"
  }
}

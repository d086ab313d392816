import JSONCore

/// Go, in the cells of gonb and gophernotes.
struct Go: TypedLanguage {
  let name = "Go"
  let names = NameRule(
    reserved: """
      break case chan const continue default defer else fallthrough for func go goto if import \
      interface map package range return select struct switch type var _ true false nil iota
      """)
  let null = "nil"
  let notANumber = "math.NaN()"
  let largestInteger = IntegerSize.uint64

  func comment(_ text: String) -> String { "// \(text)" }

  func prelude(_ values: [JSONValue]) -> [String] {
    values.contains { $0.holdsNonFinite } ? ["import \"math\""] : []
  }

  func assignment(_ name: String, _ value: JSONValue, isDeclared: Bool)
    throws(Unrepresentable) -> String
  {
    "var \(name)\(value.isNull ? " interface{}" : "") = \(try expression(value))"
  }

  func type(_ shape: Shape) -> String {
    switch shape {
    case .bool: "bool"
    case .integer(let size): size == .uint64 ? "uint64" : "int"
    case .real: "float64"
    case .text: "string"
    case .list(let inner): "[]\(type(inner ?? .mixed))"
    case .map(let inner): "map[string]\(type(inner ?? .mixed))"
    case .null, .mixed: "interface{}"
    }
  }

  func integer(_ digits: String, _ size: IntegerSize) -> String {
    size == .uint64 ? "uint64(\(digits))" : digits
  }

  func infinity(isNegative: Bool) -> String { "math.Inf(\(isNegative ? "-1" : "1"))" }

  private static let strings = StringStyle(
    escape: { point in
      if let escape = StringStyle.common(point) { return escape }
      if CodePoint.isPlain(point) { return nil }
      return point <= 0xFFFF
        ? "\\u" + CodePoint.hex(point, 4) : "\\U" + CodePoint.hex(point, 8)
    })

  func text(_ value: JSONString) throws(Unrepresentable) -> String {
    try Go.strings.literal(value)
  }

  func wrapped(_ expression: String?, _ shape: Shape) -> String { expression ?? null }

  func list(_ elements: [String], of shape: Shape) -> String {
    "[]\(type(shape)){\(elements.joined(separator: ", "))}"
  }

  func map(_ members: [(key: String, value: String)], of shape: Shape) -> String {
    let pairs = members.map { "\($0.key): \($0.value)" }
    return "map[string]\(type(shape)){\(pairs.joined(separator: ", "))}"
  }
}

extension JSONValue {
  /// Whether it contains NaN or an infinity.
  var holdsNonFinite: Bool {
    switch self {
    case .number(let number): !number.isIntegerSpelling && !number.double.isFinite
    case .array(let elements): elements.contains(where: \.holdsNonFinite)
    case .object(let object): object.contains { $0.value.holdsNonFinite }
    default: false
    }
  }
}

import JSONCore

/// Rust, in the cells of evcxr.
struct Rust: TypedLanguage {
  let name = "Rust"
  let names = NameRule(
    reserved: """
      Self abstract as async await become box break const continue crate do dyn else enum extern \
      false final fn for gen if impl in let loop macro match mod move mut override priv pub ref \
      return self static struct super trait true try type typeof unsafe unsized use virtual where \
      while yield _
      """)
  let null = "None"
  let notANumber = "f64::NAN"
  let largestInteger = IntegerSize.int128
  let wrapsDeeply = true

  func comment(_ text: String) -> String { "// \(text)" }

  /// The type of values in lists with mixed types.
  private static let anything = """
    #[derive(Debug, Clone, PartialEq)]
    #[allow(dead_code)]
    pub enum Parameter {
        Null,
        Bool(bool),
        Integer(i128),
        Real(f64),
        Text(String),
        List(Vec<Parameter>),
        Map(std::collections::BTreeMap<String, Parameter>),
    }
    """

  func prelude(_ values: [JSONValue]) -> [String] {
    values.contains { holdsMixed(Shape($0)) } ? [Rust.anything] : []
  }

  private func holdsMixed(_ shape: Shape) -> Bool {
    switch shape {
    case .list(let inner), .map(let inner):
      inner == nil || inner == .null || inner == .mixed || inner.map(holdsMixed) ?? false
    default: false
    }
  }

  func assignment(_ name: String, _ value: JSONValue, isDeclared: Bool)
    throws(Unrepresentable) -> String
  {
    "let \(name)\(value.isNull ? ": Option<()>" : "") = \(try expression(value));"
  }

  func type(_ shape: Shape) -> String {
    switch shape {
    case .bool: "bool"
    case .integer(let size): type(size)
    case .real: "f64"
    case .text: "String"
    case .list(let inner): "Vec<\(type(inner ?? .mixed))>"
    case .map(let inner): "std::collections::BTreeMap<String, \(type(inner ?? .mixed))>"
    case .null, .mixed: "Parameter"
    }
  }

  private func type(_ size: IntegerSize) -> String {
    size == .int32 ? "i32" : size <= .int64 ? "i64" : "i128"
  }

  func integer(_ digits: String, _ size: IntegerSize) -> String {
    size == .int32 ? digits : digits + type(size)
  }

  func infinity(isNegative: Bool) -> String { isNegative ? "f64::NEG_INFINITY" : "f64::INFINITY" }

  private static let strings = StringStyle(
    escape: { point in
      if let escape = StringStyle.common(point) { return escape }
      return CodePoint.isPlain(point) ? nil : "\\u{\(CodePoint.hex(point, 1))}"
    })

  // Owned, because a variable with a reference does not outlive its cell.
  func text(_ value: JSONString) throws(Unrepresentable) -> String {
    "String::from(\(try Rust.strings.literal(value)))"
  }

  func wrapped(_ expression: String?, _ shape: Shape) -> String {
    guard let expression else { return "Parameter::Null" }
    switch shape {
    case .bool: return "Parameter::Bool(\(expression))"
    case .integer(let size):
      return size > .int64
        ? "Parameter::Integer(\(expression))" : "Parameter::Integer((\(expression)).into())"
    case .real: return "Parameter::Real(\(expression))"
    case .text: return "Parameter::Text(\(expression))"
    case .list: return "Parameter::List(\(expression))"
    case .map: return "Parameter::Map(\(expression))"
    case .null, .mixed: return expression
    }
  }

  func list(_ elements: [String], of shape: Shape) -> String {
    elements.isEmpty ? "Vec::<\(type(shape))>::new()" : "vec![\(elements.joined(separator: ", "))]"
  }

  func map(_ members: [(key: String, value: String)], of shape: Shape) -> String {
    if members.isEmpty {
      return "std::collections::BTreeMap::<String, \(type(shape))>::new()"
    }
    let pairs = members.map { "(\($0.key), \($0.value))" }
    return "std::collections::BTreeMap::from([\(pairs.joined(separator: ", "))])"
  }
}

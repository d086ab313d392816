import JSONCore

/// C++17 and later, in the cells of xeus-cling, xeus-cpp and clang-repl.
struct Cpp: TypedLanguage {
  let name = "C++"
  let names = NameRule(
    reserved: """
      alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t char32_t \
      char8_t class co_await co_return co_yield compl concept const const_cast consteval constexpr \
      constinit continue decltype default delete do double dynamic_cast else enum explicit export \
      extern false float for friend goto if inline int long mutable namespace new noexcept not \
      not_eq nullptr operator or or_eq private protected public register reinterpret_cast requires \
      return short signed sizeof static static_assert static_cast struct switch template this \
      thread_local throw true try typedef typeid typename union unsigned using virtual void \
      volatile wchar_t while xor xor_eq
      """)
  let null = "nullptr"
  let notANumber = "std::numeric_limits<double>::quiet_NaN()"
  let largestInteger = IntegerSize.uint64

  func comment(_ text: String) -> String { "// \(text)" }

  func prelude(_ values: [JSONValue]) -> [String] {
    var headers: Set<String> = []
    func visit(_ value: JSONValue) {
      switch value {
      case .string: headers.insert("string")
      case .array(let elements):
        headers.insert("vector")
        elements.forEach(visit)
      case .object(let object):
        headers.formUnion(["map", "string"])
        object.forEach { visit($0.value) }
      case .number where value.holdsNonFinite: headers.insert("limits")
      default: break
      }
    }
    values.forEach(visit)
    if headers.contains("vector") || headers.contains("map") { headers.insert("any") }
    return headers.sorted().map { "#include <\($0)>" }
  }

  func assignment(_ name: String, _ value: JSONValue, isDeclared: Bool)
    throws(Unrepresentable) -> String
  {
    // A second declaration is an error.
    "\(isDeclared ? "" : "auto ")\(name) = \(try expression(value));"
  }

  func type(_ shape: Shape) -> String {
    switch shape {
    case .bool: "bool"
    case .integer(let size):
      size == .int32 ? "int" : size == .uint64 ? "unsigned long long" : "long long"
    case .real: "double"
    case .text: "std::string"
    case .list(let inner): "std::vector<\(type(inner ?? .mixed))>"
    case .map(let inner): "std::map<std::string, \(type(inner ?? .mixed))>"
    case .null, .mixed: "std::any"
    }
  }

  func integer(_ digits: String, _ size: IntegerSize) -> String {
    // The smallest integers have no literal, because their digits without the sign are out of
    // range.
    switch size {
    case .int32: digits == "-2147483648" ? "(-2147483647 - 1)" : digits
    case .safe, .int64:
      digits == "-9223372036854775808" ? "(-9223372036854775807LL - 1)" : digits + "LL"
    default: digits + "ULL"
    }
  }

  func infinity(isNegative: Bool) -> String {
    "\(isNegative ? "-" : "")std::numeric_limits<double>::infinity()"
  }

  private static let strings = StringStyle(
    escape: { point in
      if let escape = StringStyle.common(point) { return escape }
      // Two of them begin a trigraph.
      if point == 0x3F { return "\\?" }
      return CodePoint.isPlain(point) ? nil : CodePoint.octalEscape(point)
    })

  func text(_ value: JSONString) throws(Unrepresentable) -> String {
    let literal = try Cpp.strings.literal(value)
    // Without a length, a NUL character would end the text.
    guard value.codePoints.contains(0) else { return "std::string(\(literal))" }
    return "std::string(\(literal), \(value.withUTF8 { $0.count }))"
  }

  func wrapped(_ expression: String?, _ shape: Shape) -> String {
    "std::any(\(expression ?? ""))"
  }

  func list(_ elements: [String], of shape: Shape) -> String {
    "std::vector<\(type(shape))>{\(elements.joined(separator: ", "))}"
  }

  func map(_ members: [(key: String, value: String)], of shape: Shape) -> String {
    let pairs = members.map { "{\($0.key), \($0.value)}" }
    return "std::map<std::string, \(type(shape))>{\(pairs.joined(separator: ", "))}"
  }
}

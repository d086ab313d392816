import JSONCore

/// Bash and other shells.
///
/// Values are texts. A list is an array and a mapping an associative array if the shell supports
/// them; nested values are JSON texts, because shells cannot nest.
struct Shell: Language {
  /// Whether the shell has arrays, like Bash, Zsh and Ksh; others have only the features of POSIX.
  var hasArrays = true

  var name: String { hasArrays ? "Bash" : "sh" }
  /// The reserved names cannot be set.
  let names = NameRule(
    reserved: "BASHOPTS BASH_VERSINFO EUID PPID SHELLOPTS UID _", allowsUnicode: false)

  func comment(_ text: String) -> String { "# \(text)" }

  func assignment(_ name: String, _ value: JSONValue, isDeclared: Bool)
    throws(Unrepresentable) -> String
  {
    switch value {
    case .array(let elements) where hasArrays:
      var words: [String] = []
      for element in elements { words.append(try word(element)) }
      return "\(name)=(\(words.joined(separator: " ")))"
    case .object(let object) where hasArrays:
      var members: [String] = []
      for member in object.withoutDuplicates {
        if member.key == "" { throw Unrepresentable("a mapping with an empty name") }
        members.append("[\(try quoted(member.key))]=\(try word(member.value))")
      }
      return "declare -A \(name)=(\(members.joined(separator: " ")))"
    case .null: return "\(name)="
    default: return "\(name)=\(try word(value))"
    }
  }

  /// A value as one word.
  private func word(_ value: JSONValue) throws(Unrepresentable) -> String {
    switch value {
    case .null: return "''"
    case .bool(let value): return value ? "true" : "false"
    case .number(let number):
      return switch NumberKind(number) {
      case .integer(let digits): digits
      case .real(let text): text
      case .notANumber: "nan"
      case .infinity(let isNegative): isNegative ? "-inf" : "inf"
      }
    case .string(let text): return try quoted(text)
    case .array, .object:
      return try quoted(JSONString(String(decoding: value.serialized(), as: UTF8.self)))
    }
  }

  /// Within `$'…'` the shell expands nothing, not even its history character.
  private static let escapes = StringStyle(
    escape: { point in
      switch point {
      case 0x5C: "\\\\"
      case 0x0A: "\\n"
      case 0x0D: "\\r"
      case 0x09: "\\t"
      case 0x21, 0x22, 0x27: CodePoint.octalEscape(point)
      default: CodePoint.isPlain(point) ? nil : CodePoint.octalEscape(point)
      }
    }, holdsNull: false)

  private static let quotes = StringStyle(
    quote: "'", escape: { $0 == 0x27 ? "'\"'\"'" : nil }, holdsNull: false)

  /// A text quoted as by Python's `shlex.quote`, on one line if the shell supports that.
  private func quoted(_ text: JSONString) throws(Unrepresentable) -> String {
    let points = text.codePoints
    if !points.isEmpty, points.allSatisfy(Shell.isSafe) { return text.string }
    if !hasArrays || points.allSatisfy(CodePoint.isPlain) { return try Shell.quotes.literal(text) }
    return "$'\(try Shell.escapes.content(points[...]))'"
  }

  private static func isSafe(_ point: UInt32) -> Bool {
    guard point < 0x80, let scalar = Unicode.Scalar(point) else { return false }
    return scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
      || "@%+=:,./-_".unicodeScalars.contains(scalar)
  }
}

/// Names in Python.
enum PythonName {
  /// Whether a text is a name of ASCII letters, digits and underscores, and not a keyword.
  static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
    return !keywords.contains(text)
      && text.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) || $0 == UInt8(ascii: "_")
      }
  }

  /// The variable of a task: its name with underscores.
  static func variable(_ task: String) -> String {
    let name = task.replacing("-", with: "_")
    return keywords.contains(name) || used.contains(name) ? "\(name)_" : name
  }

  private static let keywords: Set<String> = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in",
    "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with",
    "yield",
  ]

  /// Names that the file itself uses.
  private static let used: Set<String> = [
    "datetime", "float", "json", "k8s", "lyre_node", "node_text", "os", "timedelta", "timezone",
    "worker_variables", "dag",
  ]
}

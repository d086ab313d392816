/// Texts for arguments that Airflow renders as templates of Jinja.
enum JinjaText {
  /// A text that Airflow passes on as it is.
  ///
  /// Airflow renders the arguments of operators with Jinja, and reads files that they name.
  static func literal(_ text: String) -> String {
    let isRendered =
      ["{{", "{%", "{#"].contains(where: text.contains) || text.unicodeScalars.contains("\r")
      || text.unicodeScalars.last == "\n"
    let isFile = [
      ".sh", ".bash", ".env", ".json", ".yaml", ".yml", ".md", ".txt", ".j2", ".html", ".sql",
    ].contains(
      where: text.hasSuffix)
    guard isRendered || isFile else { return text }
    var template = "{{ '"
    for scalar in text.unicodeScalars {
      switch scalar {
      case "'": template += "\\'"
      case "\\": template += "\\\\"
      case "\n": template += "\\n"
      case "\r": template += "\\r"
      default: template.unicodeScalars.append(scalar)
      }
    }
    return template + "' }}"
  }
}

extension PythonValue {
  /// A text that Airflow passes on as it is.
  static func literal(_ text: String) -> PythonValue { .text(JinjaText.literal(text)) }
}

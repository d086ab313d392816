import JSONCore
import SystemSupport

/// The value of `--output`: a path with values in braces.
///
/// `{name}` is the notebook's name, `{run_date}` the date, and every other name a parameter, as in
/// papermill; `{{` is a brace. `{p[key]}` is a member or an element of a list, and a format may
/// follow a colon, as in `{month:02d}` (``FormatSpec``).
struct OutputTemplate {
  let text: String
  /// The option in messages.
  var option = "--output"

  /// Whether results of several notebooks get different files.
  var hasName: Bool { text.contains("{name}") }

  /// The path for a notebook.
  ///
  /// - Throws: ``UsageError`` that names the missing value.
  func path(name: String, parameters: JSONObject, date: String) throws(UsageError) -> String {
    var result = ""
    var rest = text[...]
    while let character = rest.first {
      if rest.hasPrefix("{{") || rest.hasPrefix("}}") {
        result.append(character)
        rest = rest.dropFirst(2)
      } else if character == "{" {
        guard let end = rest.firstIndex(of: "}") else {
          throw UsageError(message: "\(option): '{' without '}'; write '{{' for a brace")
        }
        let key = String(rest[rest.index(after: rest.startIndex)..<end])
        result += try value(key, name, parameters, date)
        rest = rest[rest.index(after: end)...]
      } else if character == "}" {
        throw UsageError(message: "\(option): '}' without '{'; write '}}' for a brace")
      } else {
        result.append(character)
        rest = rest.dropFirst()
      }
    }
    if result.isEmpty || result.contains("\0") {
      throw UsageError(message: "\(option): '\(text)' is not a valid path with these parameters")
    }
    return result
  }

  private func value(_ key: String, _ name: String, _ parameters: JSONObject, _ date: String)
    throws(UsageError) -> String
  {
    // A colon in brackets is part of a name.
    let named = key.lastIndex(of: "]") ?? key.startIndex
    let colon = key[named...].firstIndex(of: ":")
    let words = colon.map { String(key[key.index(after: $0)...]) } ?? ""
    let value = try value(colon.map { String(key[..<$0]) } ?? key, of: key, name, parameters, date)
    guard let text = FormatSpec(words)?.text(of: value) else {
      throw UsageError(
        message: value.array != nil || value.object != nil
          ? "\(option): the value of '{\(key)}' is a list or a mapping"
          : "\(option): '{\(key)}': '\(words)' cannot format \(value.kindName)")
    }
    return text
  }

  private func value(
    _ path: String, of key: String, _ name: String, _ parameters: JSONObject, _ date: String
  ) throws(UsageError) -> JSONValue {
    switch path {
    case "name": return .init(name)
    case "run_date": return .init(date)
    default: break
    }
    let parts = path.split(separator: "[", omittingEmptySubsequences: false)
    var steps = [String(parts[0])]
    for part in parts.dropFirst() {
      guard part.hasSuffix("]") else {
        throw UsageError(
          message: "\(option): '{\(key)}' is neither {parameter} nor {parameter[key]}")
      }
      steps.append(String(part.dropLast()))
    }
    var value = JSONValue.object(parameters)
    for (place, part) in steps.enumerated() {
      // {parameters[name]} is for a parameter with the same name as a predefined value.
      if place == 0, part == "parameters", parameters[part] == nil { continue }
      guard let next = value[part] ?? Int(part).flatMap({ value[$0] }) else {
        let known = ["name", "run_date"] + parameters.map(\.key.string)
        throw UsageError(
          message: "\(option): there is no parameter for '{\(key)}'; there are "
            + known.map { "{\($0)}" }.joined(separator: ", "))
      }
      value = next
    }
    return value
  }

  /// The local date: `2026-11-23`.
  static var today: String {
    let now = LocalTime()
    func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(now.year)-\(digits(now.month))-\(digits(now.day))"
  }
}

import JSONCore

/// Converts outputs between memory, with unsplit texts, and the file, with texts split into lines.
enum NotebookOutput {
  /// An output of a file, with its texts joined as nbformat does on reading.
  static func rejoined(_ output: JSONValue) -> JSONValue {
    guard var object = output.object else { return output }
    switch object["output_type"]?.string {
    case "display_data", "execute_result":
      guard let data = object["data"]?.object else { return output }
      object["data"] = .object(rejoined(bundle: data))
    default:
      if let text = object["text"] { object["text"] = MultilineText.joined(text) }
    }
    return .object(object)
  }

  /// Data by MIME type, with texts joined.
  static func rejoined(bundle: JSONObject) -> JSONObject {
    JSONObject(
      bundle.map { member in
        MultilineText.isJSON(member.key.string)
          ? member : .init(key: member.key, value: MultilineText.joined(member.value))
      })
  }

  /// An output in its form for the file.
  static func split(_ output: JSONValue) -> JSONValue {
    guard var object = output.object else { return output }
    switch object["output_type"]?.string {
    case "display_data", "execute_result":
      guard let data = object["data"]?.object else { return output }
      object["data"] = .object(split(bundle: data))
    case "stream":
      if let text = object["text"] { object["text"] = MultilineText.split(text) }
    default: break
    }
    return .object(object)
  }

  /// Data by MIME type, with those texts split that nbformat splits.
  static func split(bundle: JSONObject) -> JSONObject {
    JSONObject(
      bundle.map { member in
        MultilineText.isSplit(member.key.string)
          ? .init(key: member.key, value: MultilineText.split(member.value)) : member
      })
  }

  /// Appends an output in its form for the file, with split texts if the file has them.
  static func append(
    _ output: JSONValue, to text: inout [UInt8], style notebook: NotebookStyle, level: Int
  ) {
    let spelled = pythonNumbers(output)
    let style = notebook.json
    guard notebook.splitsLines, case .object(let object) = spelled else {
      return spelled.append(to: &text, style: style, level: level)
    }
    let kind = object["output_type"]?.string
    object.append(to: &text, style: style, level: level) { member, text in
      switch (kind, member.key, member.value) {
      case ("stream", "text", .string(let string)):
        string.appendLines(to: &text, style: style, level: level + 1)
      case ("display_data", "data", .object(let data)),
        ("execute_result", "data", .object(let data)):
        data.append(to: &text, style: style, level: level + 1) { entry, text in
          guard case .string(let string) = entry.value,
            MultilineText.isSplit(entry.key.string)
          else { return false }
          string.appendLines(to: &text, style: style, level: level + 2)
          return true
        }
      default: return false
      }
      return true
    }
  }

  /// A value with its numbers in Python's spelling.
  static func pythonNumbers(_ value: JSONValue) -> JSONValue {
    hasOtherNumbers(value) ? respelled(value) : value
  }

  /// Whether a value contains a number that Python would write differently.
  private static func hasOtherNumbers(_ value: JSONValue) -> Bool {
    switch value {
    case .number(let number): number.pythonSpelling.text != number.text
    case .array(let elements): elements.contains(where: hasOtherNumbers)
    case .object(let object): object.contains { hasOtherNumbers($0.value) }
    case .null, .bool, .string: false
    }
  }

  private static func respelled(_ value: JSONValue) -> JSONValue {
    switch value {
    case .number(let number): .number(number.pythonSpelling)
    case .array(let elements): .array(elements.map(respelled))
    case .object(let object):
      .object(JSONObject(object.map { .init(key: $0.key, value: respelled($0.value)) }))
    case .null, .bool, .string: value
    }
  }

  /// Whether two values are equal, ignoring the order of members.
  static func areEquivalent(_ left: JSONValue, _ right: JSONValue) -> Bool {
    switch (left, right) {
    case (.array(let left), .array(let right)):
      return left.count == right.count && zip(left, right).allSatisfy(areEquivalent)
    case (.object(let left), .object(let right)):
      let (a, b) = (left.sorted, right.sorted)
      return a.count == b.count
        && zip(a, b).allSatisfy { $0.key == $1.key && areEquivalent($0.value, $1.value) }
    default: return left == right
    }
  }
}

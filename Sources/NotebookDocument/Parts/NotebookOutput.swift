import JSONCore

/// Outputs between their two forms: in memory with texts whole, in the file with lines split.
enum NotebookOutput {
  /// An output of a file, with its texts joined as nbformat joins them on reading.
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

  /// Data by mime type with texts joined.
  static func rejoined(bundle: JSONObject) -> JSONObject {
    JSONObject(
      bundle.map { member in
        MultilineText.isJSON(member.key.string)
          ? member : .init(key: member.key, value: MultilineText.joined(member.value))
      })
  }

  /// An output as it goes into the file.
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

  /// Data by mime type with those texts split that nbformat splits.
  static func split(bundle: JSONObject) -> JSONObject {
    JSONObject(
      bundle.map { member in
        MultilineText.isSplit(member.key.string)
          ? .init(key: member.key, value: MultilineText.split(member.value)) : member
      })
  }

  /// A value with its numbers spelled as Python would.
  static func pythonNumbers(_ value: JSONValue) -> JSONValue {
    switch value {
    case .number(let number): .number(number.pythonSpelling)
    case .array(let elements): .array(elements.map(pythonNumbers))
    case .object(let object):
      .object(JSONObject(object.map { .init(key: $0.key, value: pythonNumbers($0.value)) }))
    case .null, .bool, .string: value
    }
  }

  /// Whether two values say the same, whatever the order of their members.
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

import JSONCore

/// A JSON value as lines: members sorted, one value a line.
struct JSONLines {
  private static let style = JSONStyle(indent: "  ", keySeparator: ": ", sortsKeys: true)
  /// Members whose values are drawn at random: references to widgets and communications.
  private static let random: Set<String> = ["model_id", "comm_id"]

  private let value: JSONValue

  init(_ value: JSONValue) { self.value = value }

  /// The value.
  var text: String { JSONLines.text(value) }

  /// The value with random members masked if asked for.
  func masked(_ isMasked: Bool) -> String {
    isMasked ? JSONLines.text(JSONLines.masked(value)) : text
  }

  private static func text(_ value: JSONValue) -> String {
    String(decoding: value.serialized(style), as: UTF8.self)
  }

  private static func masked(_ value: JSONValue) -> JSONValue {
    switch value {
    case .array(let elements): .array(elements.map(masked))
    case .object(let object):
      .object(
        JSONObject(
          object.map { member in
            .init(
              key: member.key,
              value: random.contains(member.key.string) ? "<id>" : masked(member.value))
          }))
    case .null, .bool, .number, .string: value
    }
  }
}

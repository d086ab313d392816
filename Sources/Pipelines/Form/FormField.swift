public import JSONCore

/// A field of a form for the properties of a node or pipeline.
public struct FormField: Sendable, Hashable {
  /// The kind of value that a field edits.
  public enum Kind: String, Sendable, Hashable {
    /// A line of text.
    case text
    /// A text of several lines.
    case multiline
    /// A whole number.
    case integer
    /// A number.
    case number
    /// True or false.
    case boolean
    /// One of the choices.
    case choice
    /// The path of a file.
    case file
    /// A list of texts.
    case list
    /// A list of objects with the members of the columns.
    case rows
    /// Any of the choices.
    case checks
  }

  /// A member of each object in a field of the kind `rows`.
  public struct Column: Sendable, Hashable {
    /// Its name in the file.
    public var name: String
    /// Its label.
    public var label: String
    /// The kind of value.
    public var kind: Kind = .text
    /// The choices of the kind `choice`.
    public var choices: [String] = []
    /// An example of a value.
    public var placeholder: String?
    /// Whether it must have a value.
    public var isRequired = false
  }

  /// Its name in the file.
  public var name: String

  /// Its label, as in Elyra.
  public var label: String

  /// Its meaning, in a sentence or two.
  public var help: String

  /// The kind of value.
  public var kind: Kind

  /// The choices of the kinds `choice` and `checks`.
  public var choices: [String] = []

  /// An example of a value.
  public var placeholder: String?

  /// The least value of a number.
  public var minimum: Double?

  /// Whether it must have a value.
  public var isRequired = false

  /// Whether it cannot be changed here.
  public var isReadOnly = false

  /// Whether it matters only in containers and clusters.
  public var isRemoteOnly = false

  /// The name of the pipeline's default that is used without a value of its own; nil for none.
  public var inherits: String?

  /// The columns of the kind `rows`.
  public var columns: [Column] = []

  /// The member that has the value, if the property is an object, such as `size`.
  public var member: String?

  /// For the input of a component: the possible kinds of values in `widget`, such as `string`,
  /// `inputpath` or `parameter`.
  public var widgets: [String] = []

  /// The field as JSON.
  public var json: JSONObject {
    var json: JSONObject = [
      "name": .init(name), "label": .init(label), "help": .init(help),
      "type": .init(kind.rawValue),
    ]
    if !choices.isEmpty { json["choices"] = .array(choices.map { .init($0) }) }
    if let placeholder { json["placeholder"] = .init(placeholder) }
    if let minimum { json["minimum"] = .pixels(minimum) }
    if isRequired { json["required"] = true }
    if isReadOnly { json["read_only"] = true }
    if isRemoteOnly { json["remote_only"] = true }
    if let inherits { json["inherits"] = .init(inherits) }
    if let member { json["member"] = .init(member) }
    if !widgets.isEmpty { json["widgets"] = .array(widgets.map { .init($0) }) }
    if !columns.isEmpty { json["columns"] = .array(columns.map { .object($0.json) }) }
    return json
  }
}

extension FormField.Column {
  /// The column as JSON.
  public var json: JSONObject {
    var json: JSONObject = [
      "name": .init(name), "label": .init(label), "type": .init(kind.rawValue),
    ]
    if !choices.isEmpty { json["choices"] = .array(choices.map { .init($0) }) }
    if let placeholder { json["placeholder"] = .init(placeholder) }
    if isRequired { json["required"] = true }
    return json
  }
}

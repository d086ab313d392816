import JSONCore

/// The properties of a node in short, as its tool-tip shows them, and those of the pipeline's
/// defaults that apply to it.
struct NodeSummary {
  /// A property with its value as a text.
  struct Line {
    var label: String
    var value: String
    /// Whether it comes from the pipeline's defaults.
    var isDefault: Bool

    var json: JSONObject {
      ["label": .init(label), "value": .init(value), "default": .init(isDefault)]
    }
  }

  /// The defaults that apply; of lists the items that the node does not override.
  private(set) var inherited: JSONObject = [:]

  /// The properties, in the order of the form.
  var lines: [Line] {
    placed.enumerated().sorted {
      ($0.element.place, $0.offset) < ($1.element.place, $1.offset)
    }.map(\.element.line)
  }

  /// A text in the summary is cut after this many characters, and a list after this many items.
  private static let longest = (text: 200, list: 8)

  /// The lines with the places of their fields.
  private var placed: [(place: Int, line: Line)] = []

  init(_ node: PipelineNode, defaults: JSONObject) {
    guard node.isExecutable else { return }
    let form = node.kind == .component ? FieldTable.component : FieldTable.generic
    add(Line(label: "Type", value: node.kind.name, isDefault: false), at: -2)
    for member in node.properties {
      let name = member.key.string
      if let place = form.places[name] {
        add(form.fields[place].label, member.value, form.fields[place], at: 2 * place)
      } else if node.kind == .component {
        let value = member.value["widget"] == nil ? member.value : member.value["value"] ?? .null
        add(name, value, nil, at: -1)
      }
    }
    for member in defaults {
      let name = member.key.string
      guard let place = form.places[name], form.fields[place].inherits != nil,
        let value = NodeSummary.inherited(
          member.value, over: node.properties[name], form.fields[place])
      else { continue }
      inherited[name] = value
      add(form.fields[place].label, value, form.fields[place], isDefault: true, at: 2 * place + 1)
    }
    for member in node.lyre.json {
      guard let place = FieldTable.lyre.places[member.key.string] else { continue }
      let field = FieldTable.lyre.fields[place]
      add(field.label, member.value, field, at: 2 * (form.fields.count + place))
    }
  }

  private mutating func add(
    _ label: String, _ value: JSONValue, _ field: FormField?, isDefault: Bool = false,
    at place: Int
  ) {
    let text = NodeSummary.text(value, field)
    // A check box that is off is not worth a line.
    guard !text.isEmpty, field?.kind != .boolean || value != false else { return }
    add(Line(label: label, value: text, isDefault: isDefault), at: place)
  }

  private mutating func add(_ line: Line, at place: Int) { placed.append((place, line)) }

  /// What applies of a default; nil if the node has its own value.
  private static func inherited(_ standard: JSONValue, over own: JSONValue?, _ field: FormField)
    -> JSONValue?
  {
    guard field.kind == .rows else {
      let value = field.member.map { own?[$0] } ?? own
      let isOwn = value.map { !$0.isNull && $0 != "" && $0 != "None" } ?? false
      let text = text(standard, field)
      guard !isOwn, !text.isEmpty else { return nil }
      return standard
    }
    // Elyra compares tolerations by all members, and all other rows by the first.
    let isWhole = field.name == "kubernetes_tolerations"
    let key = isWhole ? field.columns.map(\.name) : field.columns.prefix(1).map(\.name)
    func identity(_ item: JSONValue) -> [String] { key.map { item[$0]?.string ?? "" } }
    let taken = Set(
      (own?.array ?? []).compactMap { LegacyLists.item($0, of: field.name) }.map(identity))
    let rest = (standard.array ?? []).compactMap { LegacyLists.item($0, of: field.name) }
      .filter { !taken.contains(identity($0)) }
    guard !rest.isEmpty else { return nil }
    return .array(rest)
  }

  /// A value as a text; empty if it has none.
  private static func text(_ value: JSONValue, _ field: FormField?) -> String {
    switch value {
    case .null: return ""
    case .bool(let flag): return flag ? "Yes" : "No"
    case .number(let number): return number.text
    case .string(let string):
      let text = string.string
      return text == "None" ? "" : cut(text)
    case .array(let items):
      let texts = items.map { text($0, field) }.filter { !$0.isEmpty }
      let shown = texts.prefix(longest.list).joined(separator: "\n")
      return texts.count > longest.list
        ? shown + "\n… \(texts.count - longest.list) more" : shown
    case .object(let object):
      if let member = field?.member { return object[member].map { text($0, nil) } ?? "" }
      let names = field?.columns.map(\.name) ?? object.members.map(\.key.string)
      let texts = names.compactMap { object[$0].map { text($0, nil) } }.filter { !$0.isEmpty }
      guard field?.columns.count == 2, texts.count == 2 else {
        return cut(texts.joined(separator: " "))
      }
      return cut(texts.joined(separator: "="))
    }
  }

  private static func cut(_ text: String) -> String {
    guard text.count > longest.text else { return text }
    return text.prefix(longest.text) + "…"
  }
}

/// The fields of a form by name.
private struct FieldTable {
  let fields: [FormField]
  let places: [String: Int]

  init(_ sections: [PipelineForm.Section]) {
    fields = sections.flatMap(\.fields).filter { $0.name != "label" }
    places = Dictionary(
      fields.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  static let generic = FieldTable(PipelineForm.generic)
  static let component = FieldTable(PipelineForm.component)
  static let lyre = FieldTable(PipelineForm.lyre)
}

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

  private(set) var lines: [Line] = []

  /// A text in the summary is cut after this many characters, and a list after this many items.
  private static let longest = (text: 200, list: 8)

  init(_ node: PipelineNode, defaults: JSONObject) {
    guard node.isExecutable else { return }
    let forms = node.kind == .component ? PipelineForm.component : PipelineForm.generic
    let fields = forms.flatMap(\.fields).filter { $0.name != "label" }
    if !defaults.isEmpty {
      for field in fields {
        guard let name = field.inherits, let standard = defaults[name] else { continue }
        inherited[field.name] = NodeSummary.inherited(
          standard, over: node.properties[field.name], field)
      }
    }
    lines.append(Line(label: "Type", value: node.kind.name, isDefault: false))
    let known = Set(fields.map(\.name))
    if node.kind == .component {
      for member in node.properties where !known.contains(member.key.string) {
        let value = member.value["widget"] == nil ? member.value : member.value["value"] ?? .null
        add(member.key.string, value, isDefault: false)
      }
    }
    for field in fields {
      if let value = node.properties[field.name] {
        add(field.label, value, isDefault: false, field)
      }
      if let value = inherited[field.name] { add(field.label, value, isDefault: true, field) }
    }
    for field in PipelineForm.lyre.flatMap(\.fields) {
      if let value = node.lyre.json[field.name] {
        add(field.label, value, isDefault: false, field)
      }
    }
  }

  private mutating func add(
    _ label: String, _ value: JSONValue, isDefault: Bool, _ field: FormField? = nil
  ) {
    let text = NodeSummary.text(value, field)
    // A check box that is off is not worth a line.
    guard !text.isEmpty, field?.kind != .boolean || value != false else { return }
    lines.append(Line(label: label, value: text, isDefault: isDefault))
  }

  /// What applies of a default; nil if the node has its own value.
  private static func inherited(_ standard: JSONValue, over own: JSONValue?, _ field: FormField)
    -> JSONValue?
  {
    guard field.kind == .rows else {
      let value = field.member.map { own?[$0] } ?? own
      let isOwn = value.map { !$0.isNull && $0 != "" && $0 != "None" } ?? false
      let text = text(standard, field)
      return isOwn || text.isEmpty ? nil : standard
    }
    // Elyra compares tolerations by all members, and all other rows by the first.
    let isWhole = field.name == "kubernetes_tolerations"
    let key = isWhole ? field.columns.map(\.name) : field.columns.prefix(1).map(\.name)
    func identity(_ item: JSONValue) -> [String] { key.map { item[$0]?.string ?? "" } }
    let taken = Set(
      (own?.array ?? []).compactMap { LegacyLists.item($0, of: field.name) }.map(identity))
    let rest = (standard.array ?? []).compactMap { LegacyLists.item($0, of: field.name) }
      .filter { !taken.contains(identity($0)) }
    return rest.isEmpty ? nil : .array(rest)
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

public import JSONCore

/// A node's component from a catalog, and the values of its inputs.
public struct PipelineComponent: Sendable, Hashable {
  /// The value of a component's input.
  public struct Input: Sendable, Hashable {
    /// The input's name.
    public let name: String

    /// The kind of value: `string`, `number`, `boolean`, `file`, `parameter`, `inputpath`, …; nil
    /// if the file does not specify it.
    public let widget: String?

    /// The value.
    public let value: JSONValue

    /// The node whose output is the value; nil for a given value.
    public let node: String?

    /// The output of that node.
    public let output: String?
  }

  /// The kind of catalog, such as `url-catalog`; nil if the file does not specify it.
  public let catalog: String?

  /// The reference by which the catalog finds it, such as `path` or `url`.
  public let reference: JSONObject

  /// The inputs, in the order of the file.
  public let inputs: [Input]

  /// The outputs for other nodes, without the prefix `output_`.
  public let outputs: [String]

  init(_ source: JSONValue?, operation: String, _ properties: JSONObject) {
    // Since version 6 it is JSON in a string, before that a path or URL.
    let text = source?.string
    let value = text.flatMap(PipelineComponent.object)
    // The operation is `<catalog>:<hash>`, also since version 6.
    let parts = PipelineText.split(operation, at: ":")
    catalog = value?["catalog_type"]?.string ?? (parts.1 == nil ? nil : parts.0)
    if let reference = value?["component_ref"]?.object {
      self.reference = reference
    } else {
      reference = value == nil ? text.map { ["path": .init($0)] } ?? [:] : [:]
    }
    var inputs: [Input] = []
    var outputs: [String] = []
    for member in properties {
      let name = member.key.string
      if name.hasPrefix("output_"), member.value["widget"] == nil {
        outputs.append(String(name.dropFirst("output_".count)))
        continue
      }
      if LegacyLists.names.contains(name) || PipelineComponent.general.contains(name) { continue }
      let widget = member.value["widget"]?.string
      let value = widget == nil ? member.value : member.value["value"] ?? .null
      let isPath = widget == "inputpath"
      inputs.append(
        Input(
          name: name, widget: widget, value: value, node: isPath ? value["value"]?.string : nil,
          output: isPath ? value["option"]?.string : nil))
    }
    self.inputs = inputs
    self.outputs = outputs
  }

  /// The object in a string: JSON, or as Python prints it, which some programs have written there.
  private static func object(_ text: String) -> JSONValue? {
    if let value = try? JSONValue(parsing: Array(text.utf8)) { return value }
    guard text.hasPrefix("{'"), !text.contains("\""), !text.contains("\\") else { return nil }
    return try? JSONValue(parsing: text.utf8.map { $0 == UInt8(ascii: "'") ? 0x22 : $0 })
  }

  /// Properties that components have besides their own inputs.
  private static let general: Set<String> = [
    "kubernetes_shared_mem_size", "disable_node_caching", "runtime_image",
  ]
}

public import JSONCore

/// What a node takes from a catalog of components, and the values that it hands to it.
public struct PipelineComponent: Sendable, Hashable {
  /// A value that is handed to a component.
  public struct Input: Sendable, Hashable {
    /// The input's name.
    public let name: String

    /// How it was given: `string`, `number`, `boolean`, `file`, `parameter`, `inputpath`, …; nil
    /// where the file does not say.
    public let widget: String?

    /// The value.
    public let value: JSONValue

    /// The node whose output it is; nil for a value that is given.
    public let node: String?

    /// The output of that node.
    public let output: String?
  }

  /// The kind of catalog, such as `url-catalog`; nil where the file does not say.
  public let catalog: String?

  /// What the catalog finds it by, such as `path` or `url`.
  public let reference: JSONObject

  /// The values, in the order of the file.
  public let inputs: [Input]

  /// The outputs that other nodes can take, without `output_` before their names.
  public let outputs: [String]

  init(_ source: JSONValue?, operation: String, _ properties: JSONObject) {
    // JSON in a string since version 6, a path or URL before.
    let value = source?.string.flatMap { try? JSONValue(parsing: Array($0.utf8)) }
    // The operation is `<catalog>:<hash>` since then too.
    let parts = PipelineText.split(operation, at: ":")
    catalog = value?["catalog_type"]?.string ?? (parts.1 == nil ? nil : parts.0)
    if let reference = value?["component_ref"]?.object {
      self.reference = reference
    } else {
      reference = source?.string.map { ["path": .init($0)] } ?? [:]
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

  /// Properties that components have beside their own inputs.
  private static let general: Set<String> = [
    "kubernetes_shared_mem_size", "disable_node_caching", "runtime_image",
  ]
}

import JSONCore

/// The lists of strings from before version 8 that are lists of objects since.
enum LegacyLists {
  /// The properties with such lists.
  static let names = [
    "env_vars", "mounted_volumes", "kubernetes_pod_annotations", "kubernetes_pod_labels",
    "kubernetes_secrets", "kubernetes_tolerations",
  ]

  /// The properties of notebooks and scripts with lists.
  static let allLists = ["dependencies", "outputs", "pipeline_parameters"] + names

  /// Removes the items without a meaning from every list among the properties of a node, or of the
  /// defaults.
  static func removeNulls(in properties: inout JSONObject) {
    for name in allLists {
      guard let items = properties[name]?.array, items.contains(where: \.isNull) else { continue }
      properties[name] = .array(items.filter { !$0.isNull })
    }
  }

  /// Converts every such list among the properties of a node or of the defaults.
  static func convert(in properties: inout JSONObject) {
    for name in names {
      guard let items = properties[name]?.array,
        items.contains(where: { $0.string != nil })
      else { continue }
      properties[name] = .array(items.compactMap { item($0, of: name) })
    }
  }

  /// Converts every such list of the nodes of a pipeline, and removes items that are null.
  static func convertNodes(of flow: inout JSONObject) {
    guard flow["nodes"]?.array != nil else { return }
    flow.update("nodes") { nodes in
      nodes.updateArray { nodes in
        for place in nodes.indices {
          guard nodes[place]["app_data"]?["component_parameters"]?.object != nil else { continue }
          nodes[place].updateObject { node in
            node.update("app_data") { data in
              data.updateObject { data in
                data.update("component_parameters") { parameters in
                  parameters.updateObject {
                    removeNulls(in: &$0)
                    convert(in: &$0)
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  /// Converts an item of a list to an object; returns an object, or any other value, unchanged.
  ///
  /// - Returns: nil for an empty string, which has no meaning.
  static func item(_ value: JSONValue, of list: String) -> JSONValue? {
    guard let text = value.string.map(PipelineText.trimmed) else { return value }
    if text.isEmpty { return nil }
    let (left, right) = PipelineText.split(text, at: "=")
    let (name, rest) = (PipelineText.trimmed(left), PipelineText.trimmed(right ?? ""))
    switch list {
    case "env_vars": return ["env_var": .init(name), "value": .init(rest)]
    case "mounted_volumes": return ["path": .init(name), "pvc_name": .init(rest)]
    case "kubernetes_secrets":
      let parts = PipelineText.split(rest, at: ":")
      return [
        "env_var": .init(name), "name": .init(PipelineText.trimmed(parts.0)),
        "key": .init(PipelineText.trimmed(parts.1 ?? "")),
      ]
    case "kubernetes_tolerations":
      // ID=key:operator:value:effect; version 8 removed the id.
      let parts = (right == nil ? text : rest).split(
        separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
      func part(_ place: Int) -> JSONValue {
        .init(parts.count > place ? PipelineText.trimmed(String(parts[place])) : "")
      }
      return ["key": part(0), "operator": part(1), "value": part(2), "effect": part(3)]
    default: return ["key": .init(name), "value": .init(rest)]
    }
  }
}

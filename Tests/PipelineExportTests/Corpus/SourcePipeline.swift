import JSONCore

/// The properties of something, by names for people: of a node in the pipeline's file, or of its task.
typealias Properties = [String: JSONValue]

/// What a pipeline's file says about its nodes, read without the code that exports it.
struct SourcePipeline {
  var json: JSONValue
  private let primary: JSONValue

  /// - Returns: nil for a file of an older version, which has other forms of the same properties.
  init?(_ json: JSONValue) {
    self.json = json
    let id = json["primary_pipeline"]?.string
    guard let primary = json["pipelines"]?.array?.first(where: { $0["id"]?.string == id }),
      (primary["app_data"]?["version"]?.int ?? primary["app_data"]?["version"]?.string.flatMap {
        Int($0)
      } ?? 0) >= 8
    else { return nil }
    self.primary = primary
  }

  private var defaults: JSONValue {
    primary["app_data"]?["properties"]?["pipeline_defaults"] ?? [:]
  }

  private var flows: [JSONValue] { json["pipelines"]?.array ?? [] }

  /// The executable nodes.
  var nodes: [SourceNode] {
    flows.flatMap { $0["nodes"]?.array ?? [] }.filter { $0["type"]?.string == "execution_node" }
      .map { SourceNode(json: $0, defaults: defaults) }
  }

  /// Whether its nodes are on several levels, whose links lead to ports.
  var hasSuperNodes: Bool { flows.count > 1 }

  /// The pipeline's own properties.
  var properties: Properties {
    let own = primary["app_data"]?["properties"] ?? [:]
    var found: Properties = [:]
    let ids = Set(nodes.map(\.id))
    var texts = [own["description"]?.string ?? ""]
    let rest = flows.filter { $0["id"] != primary["id"] }
    for comment in ([primary] + rest).flatMap(SourcePipeline.comments)
    where ids.isDisjoint(with: comment.nodes) {
      texts.append(comment.text)
    }
    found["description"] = .init(texts.filter { !$0.isEmpty }.joined(separator: "\n\n"))
    for parameter in own["pipeline_parameters"]?.array ?? [] {
      let given = parameter["default_value"] ?? [:]
      // A value that somebody has given in the editor replaces the default.
      var value = parameter["value"] ?? .null
      if value.isNull || value.string == "" { value = given["value"] ?? .null }
      let name = parameter["name"]?.string ?? ""
      found["type of parameter \(name)"] = .init(given["type"]?.string ?? "String")
      if !value.isNull { found["default of parameter \(name)"] = .init(SourceNode.text(value)) }
      found["parameter \(name) is required"] = .init(
        value.isNull && parameter["required"]?.bool == true)
      if let text = parameter["description"]?.string, !text.isEmpty {
        found["description of parameter \(name)"] = .init(text)
      }
    }
    return found
  }

  /// The comments of a flow, with the nodes that they are attached to.
  static func comments(_ flow: JSONValue) -> [(text: String, nodes: [String])] {
    (flow["app_data"]?["ui_data"]?["comments"]?.array ?? []).compactMap { comment in
      guard let text = comment["content"]?.string, !text.isEmpty else { return nil }
      return (
        text, (comment["associated_id_refs"]?.array ?? []).compactMap { $0["node_ref"]?.string }
      )
    }
  }

  /// The comments that are attached to a node.
  func documentation(of node: SourceNode) -> String {
    let rest = flows.filter { $0["id"] != primary["id"] }
    return ([primary] + rest).flatMap(SourcePipeline.comments)
      .filter { $0.nodes.contains(node.id) }.map(\.text).joined(separator: "\n\n")
  }

  /// The ids of the nodes before a node.
  func parents(of node: SourceNode) -> Set<String> {
    let ids = Set(nodes.map(\.id))
    let links = (node.json["inputs"]?.array ?? []).flatMap { $0["links"]?.array ?? [] }
    return ids.intersection(links.compactMap { $0["node_id_ref"]?.string })
  }

  /// The outputs of all nodes before a node.
  func inputs(of node: SourceNode) -> Set<String> {
    let all = nodes
    var (found, open) = (Set<String>(), Array(parents(of: node)))
    while let next = open.popLast() {
      guard found.insert(next).inserted, let parent = all.first(where: { $0.id == next }) else {
        continue
      }
      open += parents(of: parent)
    }
    return Set(all.filter { found.contains($0.id) && $0.isGeneric }.flatMap(\.outputs))
  }
}

import JSONCore

/// What a merge can break although no value is in conflict: two sides may put a node into
/// different super nodes.
enum MergedStructure {
  /// Nodes that are in several flows, links between different flows, and links from ports that do
  /// not exist.
  static func faults(_ root: JSONValue) -> Set<String> {
    var places: [String: Int] = [:]
    var ports: [String: Set<String>] = [:]
    var faults: Set<String> = []
    let flows = root["pipelines"]?.array ?? []
    for (place, flow) in flows.enumerated() {
      for node in flow["nodes"]?.array ?? [] {
        guard let id = node["id"]?.string else { continue }
        if places.updateValue(place, forKey: id) != nil { faults.insert(id) }
        guard node["type"]?.string == "super_node" else { continue }
        ports[id] = Set((node["outputs"]?.array ?? []).compactMap { $0["id"]?.string })
      }
    }
    for (place, flow) in flows.enumerated() {
      for node in flow["nodes"]?.array ?? [] {
        for link in PipelineLinks.all(of: node) {
          guard let source = link["node_id_ref"]?.string else { continue }
          let hasPort =
            ports[source].map { $0.contains(link["port_id_ref"]?.string ?? "") } ?? true
          if places[source] == place, hasPort { continue }
          faults.insert("\(source)→\(node["id"]?.string ?? "")")
        }
      }
    }
    return faults
  }

  /// The merged file with my flows; of the others' changes, those of the pipeline's properties stay.
  static func keeping(_ mine: JSONValue, in merged: JSONValue) -> JSONValue {
    guard var flows = mine["pipelines"]?.array else { return merged }
    for place in flows.indices {
      let other = merged["pipelines"]?.array?.first { $0["id"] == flows[place]["id"] }
      guard let properties = other?["app_data"]?["properties"] else { continue }
      flows[place].updateObject { flow in
        flow.update("app_data") { data in data.updateObject { $0["properties"] = properties } }
      }
    }
    var result = merged
    let kept = flows
    result.updateObject { $0["pipelines"] = .array(kept) }
    return result
  }
}

import JSONCore

/// Operations on the links of nodes.
enum PipelineLinks {
  /// The links that lead to a node of the file, of all its inputs.
  static func all(of node: JSONValue) -> [JSONValue] {
    (node["inputs"]?.array ?? []).flatMap { $0["links"]?.array ?? [] }
  }

  static func remove(from node: inout JSONValue, where isMeant: (JSONValue) -> Bool) {
    guard let ports = node["inputs"]?.array,
      ports.contains(where: { $0["links"]?.array?.contains(where: isMeant) ?? false })
    else { return }
    node.updateObject { node in
      node.update("inputs") { ports in
        ports.updateArray { ports in
          for port in ports.indices where ports[port]["links"]?.array != nil {
            ports[port].updateObject { port in
              let links = (port["links"]?.array ?? []).filter { !isMeant($0) }
              port["links"] = links.isEmpty ? Optional.none : .array(links)
            }
          }
        }
      }
    }
  }

  /// Rewrites the links of a node one by one, with the id of their port.
  ///
  /// - Parameter body: returns the links that replace a link.
  static func rewrite(_ node: inout JSONValue, _ body: (JSONValue, String) -> [JSONValue]) {
    guard let ports = node["inputs"]?.array,
      ports.contains(where: { !($0["links"]?.array ?? []).isEmpty })
    else { return }
    node.updateObject { node in
      node.update("inputs") { ports in
        ports.updateArray { ports in
          for place in ports.indices {
            guard let links = ports[place]["links"]?.array else { continue }
            let id = ports[place]["id"]?.string ?? ""
            let new = links.flatMap { body($0, id) }
            if new == links { continue }
            ports[place].updateObject { port in
              port["links"] = new.isEmpty ? Optional.none : .array(new)
            }
          }
        }
      }
    }
  }
}

/// The ids of all links of a document: of nodes and of comments.
///
/// A link without an id, or with that of an earlier link, gets one that names its ends.
struct LinkTable {
  /// A link of a node or a comment.
  struct Entry {
    var id: String
    var flow: Int
    /// The index of the target node, or of the comment, in its flow.
    var owner: Int
    /// The index of the port; nil for a link of a comment.
    var port: Int?
    /// The index among the links of the port or the comment.
    var place: Int
    var source: String
    var sourcePort: String?
    var target: String
    var targetPort: String?
  }

  private(set) var entries: [Entry] = []

  init(_ flows: [JSONValue]) {
    var seen: Set<String> = []
    func id(_ value: JSONValue, _ fallback: String) -> String {
      if let id = value["id"]?.string, !id.isEmpty, seen.insert(id).inserted { return id }
      var id = fallback
      var number = 2
      while !seen.insert(id).inserted {
        id = "\(fallback)#\(number)"
        number += 1
      }
      return id
    }
    for (flow, content) in flows.enumerated() {
      for (owner, node) in (content["nodes"]?.array ?? []).enumerated() {
        let target = node["id"]?.string ?? ""
        for (port, value) in (node["inputs"]?.array ?? []).enumerated() {
          for (place, link) in (value["links"]?.array ?? []).enumerated() {
            let source = link["node_id_ref"]?.string ?? ""
            entries.append(
              Entry(
                id: id(link, "\(source)→\(target)"), flow: flow, owner: owner, port: port,
                place: place, source: source, sourcePort: link["port_id_ref"]?.string,
                target: target, targetPort: value["id"]?.string))
          }
        }
      }
      let comments = content["app_data"]?["ui_data"]?["comments"]?.array ?? []
      for (owner, comment) in comments.enumerated() {
        let source = comment["id"]?.string ?? ""
        for (place, link) in (comment["associated_id_refs"]?.array ?? []).enumerated() {
          let target = link["node_ref"]?.string ?? ""
          entries.append(
            Entry(
              id: id(link, "\(source)→\(target)"), flow: flow, owner: owner, port: nil,
              place: place, source: source, target: target))
        }
      }
    }
  }
}

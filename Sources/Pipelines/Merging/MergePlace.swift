import JSONCore

/// A place in the JSON of a pipeline, in the words of its user.
struct MergePlace {
  private let mine: JSONValue
  private let theirs: JSONValue
  /// The names of members and the ids of elements.
  private var path: [String] = []

  init(mine: JSONValue, theirs: JSONValue) {
    self.mine = mine
    self.theirs = theirs
  }

  func member(_ name: String) -> MergePlace {
    var place = self
    place.path.append(name)
    return place
  }

  func element(_ id: String) -> MergePlace { member(id) }

  /// The place in words, such as `node Load, Runtime Image`.
  var words: String {
    var rest = path[...]
    guard rest.popFirst() == "pipelines", let flow = rest.popFirst() else {
      return path.joined(separator: ".")
    }
    switch rest.popFirst() {
    case "nodes"?:
      guard let id = rest.popFirst() else { return "the list of nodes" }
      let node = value(["pipelines", flow, "nodes", id])
      return "node \(MergePlace.label(node, id))" + property(of: Array(rest))
    case "app_data"? where rest.first == "ui_data":
      rest.removeFirst()
      guard rest.popFirst() == "comments", let id = rest.popFirst() else {
        return "the view of the canvas"
      }
      let comment = value(["pipelines", flow, "app_data", "ui_data", "comments", id])
      let text = String((comment?["content"]?.string ?? "").prefix(40))
      return "comment '\(text)'" + (rest.isEmpty ? "" : ", \(rest.joined(separator: "."))")
    case "app_data"? where rest.first == "properties":
      rest.removeFirst()
      if rest.first == "pipeline_defaults" {
        let name = rest.dropFirst().first ?? ""
        return "the pipeline's defaults" + (name.isEmpty ? "" : ", \(MergePlace.label(of: name))")
      }
      return "the pipeline, \(rest.first.map { MergePlace.label(of: $0) } ?? "its properties")"
    default: return path.dropFirst(2).joined(separator: ".")
    }
  }

  private func property(of path: [String]) -> String {
    switch path.first {
    case nil: return ""
    case "inputs"?: return ", its links"
    case "app_data"?:
      guard path.count > 1 else { return "" }
      if path[1] == "ui_data" {
        return ["x_pos", "y_pos"].contains(path.last) ? ", its position" : ", its display"
      }
      if path[1] == "component_parameters" || path[1] == "lyre", path.count > 2 {
        return ", \(MergePlace.label(of: path[2]))"
      }
      return ", \(MergePlace.label(of: path[1]))"
    default: return ", \(path.joined(separator: "."))"
    }
  }

  /// The value at a path of names and ids, mine first.
  private func value(_ path: [String]) -> JSONValue? {
    func find(_ value: JSONValue) -> JSONValue? {
      var value: JSONValue? = value
      for name in path {
        value =
          value?.array?.first { $0["id"]?.string == name } ?? value.flatMap { $0[name] }
      }
      return value
    }
    return find(mine) ?? find(theirs)
  }

  private static func label(_ node: JSONValue?, _ id: String) -> String {
    guard let node else { return id }
    return PipelineNode(node, defaults: [:]).label
  }

  private static let labels: [String: String] = {
    let forms = [
      PipelineForm.generic, PipelineForm.component, PipelineForm.pipeline, PipelineForm.defaults,
      PipelineForm.parameters, PipelineForm.lyre,
    ]
    return Dictionary(
      forms.joined().flatMap(\.fields).map { ($0.name, $0.label) },
      uniquingKeysWith: { first, _ in first })
  }()

  /// The label of a property, or its name if it has none.
  private static func label(of property: String) -> String { labels[property] ?? property }
}

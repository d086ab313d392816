import JSONCore

/// The rule for items of lists that are null, which Elyra and Lyre ignore.
enum EmptyItemRules {
  static func check(_ node: PipelineNode, _ report: inout Report) {
    // Other lists of a component are its own.
    for name in node.isGeneric ? LegacyLists.allLists : LegacyLists.names {
      check(node.properties[name], name, node, &report)
    }
  }

  static func check(_ pipeline: Pipeline, _ report: inout Report) {
    check(pipeline.properties["pipeline_parameters"], "pipeline_parameters", nil, &report)
    for name in LegacyLists.names {
      check(pipeline.defaults[name], "pipeline_defaults.\(name)", nil, &report)
    }
  }

  private static func check(
    _ value: JSONValue?, _ property: String, _ node: PipelineNode?, _ report: inout Report
  ) {
    let items = value?.array ?? []
    let places = items.indices.filter { items[$0].isNull }.map { "\($0 + 1)" }
    guard !places.isEmpty else { return }
    let isOne = places.count == 1
    report.warning(
      .emptyItem,
      (isOne ? "item \(places[0]) is" : "items \(places.joined(separator: ", ")) are")
        + " null and not used",
      remedy: "`lyre pipeline migrate` removes \(isOne ? "it" : "them")", node: node,
      property: property)
  }
}

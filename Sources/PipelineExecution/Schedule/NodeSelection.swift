public import Pipelines

/// Which nodes of a pipeline are to be run.
public struct NodeSelection: Sendable {
  /// These alone.
  public var only: [String]
  /// These and all that need them.
  public var from: [String]
  /// These and all that they need.
  public var until: [String]

  /// A selection; with empty lists everything is run.
  public init(only: [String] = [], from: [String] = [], until: [String] = []) {
    self.only = only
    self.from = from
    self.until = until
  }

  /// Whether everything is run.
  public var isEverything: Bool { only.isEmpty && from.isEmpty && until.isEmpty }

  /// The places of the selected nodes; nil for all.
  ///
  /// A node is named by its label, its id, its file or the name of its file.
  ///
  /// - Throws: ``Unknown`` for a name that no node has, or several have.
  public func places(in graph: PipelineGraph) throws(Unknown) -> Set<Int>? {
    guard !isEverything else { return nil }
    var result: Set<Int>?
    func intersect(_ places: Set<Int>) { result = result.map { $0.intersection(places) } ?? places }
    if !only.isEmpty { intersect(Set(try NodeSelection.find(only, in: graph))) }
    if !from.isEmpty {
      let start = try NodeSelection.find(from, in: graph)
      intersect(Set(start).union(graph.descendants(of: start)))
    }
    if !until.isEmpty {
      let end = try NodeSelection.find(until, in: graph)
      intersect(Set(end).union(graph.ancestors(of: end)))
    }
    return result
  }

  /// A name that is not the name of one node.
  public struct Unknown: Error, Sendable, CustomStringConvertible {
    /// What is wrong, and which names there are.
    public var description: String
  }

  private static func find(_ names: [String], in graph: PipelineGraph) throws(Unknown) -> [Int] {
    try names.map { (name) throws(Unknown) in try find(name, in: graph) }
  }

  /// The place of the node that people call so.
  public static func find(_ name: String, in graph: PipelineGraph) throws(Unknown) -> Int {
    if let place = graph.place(of: name) { return place }
    let ways: [(PipelineNode) -> Bool] = [
      { $0.label == name }, { $0.file == name },
      { $0.file.map(PipelinePath.name) == name },
      { node in node.file.map { stem(PipelinePath.name($0)) } == name || stem(node.label) == name },
    ]
    for matches in ways {
      let places = graph.nodes.indices.filter { matches(graph.nodes[$0]) }
      if places.count == 1 { return places[0] }
      if places.count > 1 {
        let ids = places.map { graph.nodes[$0].id }.joined(separator: ", ")
        throw Unknown(description: "several nodes are called '\(name)'; name one by its id: \(ids)")
      }
    }
    let labels = graph.nodes.prefix(30).map(\.label).joined(separator: ", ")
    throw Unknown(
      description: "there is no node '\(name)'. Nodes: \(labels)"
        + (graph.nodes.count > 30 ? ", …" : ""))
  }

  private static func stem(_ name: String) -> String {
    guard let point = name.lastIndex(of: "."), point != name.startIndex else { return name }
    return String(name[..<point])
  }
}

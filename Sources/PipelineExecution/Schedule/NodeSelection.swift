public import Pipelines

/// The nodes of a pipeline to run.
public struct NodeSelection: Sendable {
  /// Only these nodes.
  public var only: [String]
  /// These nodes and all that depend on them.
  public var from: [String]
  /// These nodes and all that they depend on.
  public var until: [String]

  /// Creates a selection; with empty lists all nodes run.
  public init(only: [String] = [], from: [String] = [], until: [String] = []) {
    self.only = only
    self.from = from
    self.until = until
  }

  /// Whether all nodes run.
  public var isEverything: Bool { only.isEmpty && from.isEmpty && until.isEmpty }

  /// The options of a command that make this selection, in words.
  public var options: String {
    let given = [("--only", only), ("--from", from), ("--until", until)].filter { !$0.1.isEmpty }
    let names = given.map(\.0)
    return names.count > 2 ? "--only, --from and --until" : names.joined(separator: " and ")
  }

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

  /// An error: a name does not match exactly one node.
  public struct Unknown: Error, Sendable, CustomStringConvertible {
    /// The error message, with the existing names.
    public var description: String
  }

  private static func find(_ names: [String], in graph: PipelineGraph) throws(Unknown) -> [Int] {
    try names.map { (name) throws(Unknown) in try find(name, in: graph) }
  }

  /// The place of the node with a name.
  ///
  /// - Throws: ``Unknown`` for a name that no node has, or several have.
  public static func find(_ name: String, in graph: PipelineGraph) throws(Unknown) -> Int {
    try NodeNames(graph.nodes.map { .init(id: $0.id, label: $0.label, file: $0.file) }).find(name)
  }
}

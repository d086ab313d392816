import Pipelines

/// The names by which users refer to nodes.
public struct NodeNames: Sendable {
  /// The names of one node.
  public struct Names: Sendable {
    /// Its id in the pipeline's file.
    public var id: String
    /// Its label.
    public var label: String
    /// The notebook or script that it runs.
    public var file: String?

    /// Creates the names of a node.
    public init(id: String, label: String, file: String?) {
      self.id = id
      self.label = label
      self.file = file
    }
  }

  private let nodes: [Names]

  /// Creates a list of names.
  public init(_ nodes: [Names]) {
    self.nodes = nodes
  }

  /// The place of the node with a name: its id, else its label, its file, the file's name, or one
  /// of these without its extension, such as `load` for `load.ipynb`.
  ///
  /// - Throws: ``NodeSelection/Unknown`` for a name that no node has, or several have.
  public func find(_ name: String) throws(NodeSelection.Unknown) -> Int {
    let ways: [(Names) -> Bool] = [
      { $0.id == name }, { $0.label == name }, { $0.file == name },
      { $0.file.map(PipelinePath.name) == name },
      { node in
        let names = [node.label, node.file, node.file.map(PipelinePath.name)].compactMap(\.self)
        return names.contains { NodeNames.stem($0) == name }
      },
    ]
    for matches in ways {
      let places = nodes.indices.filter { matches(nodes[$0]) }
      if places.count == 1 { return places[0] }
      if places.count > 1 { throw ambiguous(name, places) }
    }
    let labels = nodes.prefix(NodeNames.listed).map(\.label).joined(separator: ", ")
    throw NodeSelection.Unknown(
      description: "there is no node '\(name)'. Nodes: \(labels)"
        + (nodes.count > NodeNames.listed ? ", …" : ""))
  }

  private static let listed = 30

  private func ambiguous(_ name: String, _ places: [Int]) -> NodeSelection.Unknown {
    let list = places.prefix(NodeNames.listed).map { place in
      let node = nodes[place]
      return node.id == node.label ? node.id : "\(node.label) (id \(node.id))"
    }
    return NodeSelection.Unknown(
      description: "several nodes are called '\(name)'; name one by its id: "
        + list.joined(separator: ", ") + (places.count > list.count ? ", …" : ""))
  }

  private static func stem(_ name: String) -> String {
    guard let point = name.lastIndex(of: "."), point != name.startIndex else { return name }
    return String(name[..<point])
  }
}

package import Pipelines

extension NodePlaces {
  /// The places with the nodes' ids for the names that were given.
  ///
  /// - Throws: ``NodeSelection/Unknown`` for a name that no node has, or several have.
  package func resolved(in graph: PipelineGraph) throws(NodeSelection.Unknown) -> NodePlaces {
    var places = self
    places.inContainers = try NodePlaces.resolved(inContainers, in: graph)
    places.onSlurm = try NodePlaces.resolved(onSlurm, in: graph)
    return places
  }

  private static func resolved(_ choice: Choice, in graph: PipelineGraph)
    throws(NodeSelection.Unknown) -> Choice
  {
    guard case .only(let names) = choice else { return choice }
    return .only(
      try names.map { (name) throws(NodeSelection.Unknown) in
        graph.nodes[try NodeSelection.find(name, in: graph)].id
      })
  }
}

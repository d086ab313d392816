package import Pipelines

/// Where a node runs.
package enum NodePlace: String, Sendable, Hashable, CaseIterable {
  /// As a process of this machine.
  case process
  /// In a container of this machine's container engine.
  case container
  /// As a job of Slurm.
  case slurm
}

/// Decides where the nodes of a pipeline run, and has the settings of these places.
package struct NodePlaces: Sendable, Hashable {
  /// The nodes that an option moves to another place.
  package enum Choice: Sendable, Hashable {
    /// Those that say so themselves.
    case none
    /// All nodes, except those that say otherwise themselves.
    case all
    /// The nodes with these names; their ids once ``NodePlaces/resolved(in:)`` has found them.
    case only([String])

    /// Reads the value of an option: `all`, or `only:LABEL`, with several labels between commas.
    package init?(_ text: String) {
      if text == "all" {
        self = .all
        return
      }
      guard text.hasPrefix("only:") else { return nil }
      let names = text.dropFirst("only:".count).split(separator: ",").map(String.init)
      guard !names.isEmpty else { return nil }
      self = .only(names)
    }

    fileprivate func names(_ node: PipelineNode) -> Bool {
      guard case .only(let names) = self else { return false }
      return names.contains(node.id)
    }
  }

  /// The nodes to run in containers.
  package var inContainers = Choice.none
  /// The nodes to run as jobs of Slurm.
  package var onSlurm = Choice.none
  /// How containers are run.
  package var containers = ContainerSettings()
  /// How jobs are submitted.
  package var slurm = SlurmSettings()
  /// The static `lyre` that runs the nodes; nil for `LYRE_NODE_PROGRAM`, or else this program.
  package var program: String?
  /// The project's folder, which containers see; nil for the folders of the pipeline and its nodes.
  package var project: String?

  /// Creates the places of a run in which every node that does not say otherwise is a process.
  package init() {}

  /// The place of a node: an option that names it, then its own property, then an option for all.
  package func place(of node: PipelineNode) -> NodePlace {
    guard node.isGeneric else { return .process }
    if inContainers.names(node) { return .container }
    if onSlurm.names(node) { return .slurm }
    if let own = node.lyre.place.flatMap(NodePlace.init) { return own }
    if inContainers == .all { return .container }
    if onSlurm == .all { return .slurm }
    return .process
  }
}

import Pipelines
import RunRecord

/// Identifies the images of nodes that run in containers, for comparisons with earlier runs.
struct NodeImages: Sendable {
  let places: NodePlaces
  let images: ContainerImages

  /// The digest of a node's image, pulled if it has to be; nil for a node that runs in none.
  ///
  /// - Parameters:
  ///   - node: the node.
  ///   - control: stops a pull.
  ///   - report: called with messages about a pull.
  func digest(
    of node: PipelineNode, _ control: NodeControl, report: @escaping @Sendable (String) -> Void
  ) async -> String? {
    guard places.place(of: node) == .container else { return nil }
    do throws(ContainerEngine.Problem) {
      let name = try ContainerRunner.image(of: node, places.containers)
      return try await images.image(name, control, report: report).digest
    } catch {
      // The node runs into the same problem, and reports it.
      return FileHashes.unknown + error.description
    }
  }

  /// The digest of a node's image, without pulling it; nil for a node that runs in none.
  func localDigest(of node: PipelineNode) async -> String? {
    guard places.place(of: node) == .container else { return nil }
    guard let name = try? ContainerRunner.image(of: node, places.containers),
      let facts = await images.localImage(name, nil)
    else { return FileHashes.unknown + "the engine does not have it" }
    return facts.digest
  }
}

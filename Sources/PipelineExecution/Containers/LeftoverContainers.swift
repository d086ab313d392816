import Glibc
import Pipelines
import SystemSupport

/// The labels of Lyre's containers.
enum ContainerLabel {
  /// The ``OwnerMark`` of the program that runs it.
  static let owner = "lyre.owner"
  /// The folder of the node's files, which goes with it.
  static let folder = "lyre.folder"
  /// The pipeline's file.
  static let pipeline = "lyre.pipeline"
  /// The number of the run.
  static let run = "lyre.run"
  /// The node's label.
  static let node = "lyre.node"
}

/// Containers that Lyre could not remove, because it was killed or the engine did not answer.
package struct LeftoverContainers: Sendable {
  let engine: ContainerEngine

  init(engine: ContainerEngine) {
    self.engine = engine
  }

  /// A container that was removed, or is left.
  package struct Found: Sendable, Hashable {
    /// Its id, as an engine shows it.
    package var id: String
    /// The label of its node.
    package var node: String
    /// The pipeline's file.
    package var pipeline: String
    /// Whether it was removed.
    package var isRemoved: Bool
  }

  /// Opens the engine that the options name.
  ///
  /// - Throws: an error with the reason if it does not answer.
  package init(engine: String?, environment: [String: String]) async throws {
    self.engine = try await ContainerEngine.find(
      named: engine, environment: environment, control: nil)
  }

  /// Whether there is a program of this name, so that an engine may have containers.
  package static func isInstalled(_ engine: String, environment: [String: String]) -> Bool {
    ScriptCommand.find([engine], environment) != nil
  }

  /// The name of the engine.
  package var name: String { engine.name }

  /// Removes the containers whose program has ended, with their folders.
  ///
  /// - Parameter includesUnknown: whether to remove also those of programs that cannot be seen from
  ///   here, such as on another machine.
  /// - Returns: Lyre's containers whose program does not run.
  /// - Throws: an error with the reason if the engine does not answer, or refuses to remove one.
  package func remove(includesUnknown: Bool = false) async throws -> [Found] {
    let answer = try await engine.request([
      "ps", "--all", "--quiet", "--no-trunc", "--filter", "label=\(ContainerLabel.owner)",
    ])
    let ids = answer.text.split(separator: "\n").map(String.init)
    var found: [Found] = []
    var doomed: [ContainerFacts] = []
    for container in await engine.containers(ids) {
      let life = container.labels[ContainerLabel.owner].flatMap { OwnerMark($0) }?.life
      guard life != .isRunning else { continue }
      let isDoomed = life == .hasEnded || includesUnknown
      if isDoomed { doomed.append(container) }
      found.append(
        Found(
          id: String(container.id.prefix(12)), node: container.labels[ContainerLabel.node] ?? "",
          pipeline: container.labels[ContainerLabel.pipeline] ?? "", isRemoved: isDoomed))
    }
    try await engine.remove(doomed.map(\.id))
    for container in doomed {
      if let folder = container.labels[ContainerLabel.folder] {
        NodeFolder.remove(leftover: folder)
      }
    }
    return found
  }
}

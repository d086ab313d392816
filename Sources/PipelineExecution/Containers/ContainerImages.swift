import Synchronization
import SystemSupport

/// The engine of a run and its images, which are found and pulled once for all nodes.
final class ContainerImages: Sendable {
  typealias Problem = ContainerEngine.Problem

  let settings: ContainerSettings
  let environment: [String: String]
  private let engines = OnceForAll<Bool, ContainerEngine, Problem>(keeps: { !$0.isStop })
  private let cleanUps = OnceForAll<Bool, Bool, Never>()
  private let images = OnceForAll<String, ImageFacts, Problem>(keeps: { _ in false })

  /// Creates the images of a run.
  init(_ settings: ContainerSettings, environment: [String: String]) {
    self.settings = settings
    self.environment = environment
  }

  /// The engine.
  ///
  /// - Throws: ``ContainerEngine/Problem``.
  func engine(_ control: NodeControl?) async throws(Problem) -> ContainerEngine {
    try await engines.value(for: true) { () async throws(Problem) in
      try await ContainerEngine.find(
        named: settings.engine, environment: environment, control: control)
    }
  }

  /// Removes what runs that were killed have left, once.
  private func cleanUp(_ engine: ContainerEngine) async {
    _ = await cleanUps.value(for: true) {
      // What cannot be removed now is removed by a later run.
      if (try? await LeftoverContainers(engine: engine).remove()) != nil {
        NodeFolder.removeLeftovers(in: NodeFolder.temporary(environment))
      }
      return true
    }
  }

  /// An image for a node that is about to run, pulled if it has to be.
  ///
  /// - Parameters:
  ///   - name: its name.
  ///   - control: stops the pull.
  ///   - report: called with lines about the pull.
  /// - Throws: ``ContainerEngine/Problem``.
  func image(
    _ name: String, _ control: NodeControl, report: @escaping @Sendable (String) -> Void
  ) async throws(Problem) -> ImageFacts {
    try await images.value(for: name) { () async throws(Problem) in
      let engine = try await engine(control)
      async let cleanedUp: Void = cleanUp(engine)
      let present = settings.pull == .always ? nil : try await engine.image(name, control: control)
      await cleanedUp
      if let present { return present }
      guard settings.pull != .never else {
        throw Problem(
          description: "\(engine.name) does not have the image '\(name)', and --pull never forbids "
            + "to pull it")
      }
      try await pull(name, engine, control, report)
      guard let facts = try await engine.image(name, control: control) else {
        throw Problem(description: "\(engine.name) pulled the image '\(name)' but does not have it")
      }
      return facts
    }
  }

  /// An image that this machine has; nil if it does not, or if no engine answers.
  func localImage(_ name: String, _ control: NodeControl?) async -> ImageFacts? {
    guard let engine = try? await engine(control) else { return nil }
    return try? await engine.image(name, control: control)
  }

  private func pull(
    _ name: String, _ engine: ContainerEngine, _ control: NodeControl,
    _ report: @escaping @Sendable (String) -> Void
  ) async throws(Problem) {
    report("pulling the image \(name)")
    do throws(Problem) {
      _ = try await engine.request(["pull", "--quiet", name], limit: nil, control: control)
    } catch {
      if error.isStop { throw error }
      throw Problem(
        description: "the image '\(name)' cannot be pulled: \(error). Check its name and the "
          + "network; `\(engine.name) login` is for images that are not public")
    }
  }
}

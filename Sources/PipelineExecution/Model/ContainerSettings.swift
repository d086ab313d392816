/// How nodes run in containers.
package struct ContainerSettings: Sendable, Hashable {
  /// When an image is pulled.
  package enum Pull: String, Sendable, Hashable, CaseIterable {
    /// If this machine does not have it.
    case missing
    /// Before its first node in every run.
    case always
    /// Never.
    case never
  }

  /// The engine's program, by name or path; nil for the first of `docker` and `podman` that answers.
  package var engine: String?
  /// When an image is pulled.
  package var pull = Pull.missing
  /// The image of nodes without one.
  package var image: String?
  /// The network of the containers; nil for the engine's default.
  package var network: String?
  /// The absolute folders to mount in place of a cluster's volumes, by the names of the claims.
  package var volumes: [String: String] = [:]
  /// Whether a container has only the files that its node declares.
  package var isIsolated = false
  /// Further options of the engine's `run`.
  package var options: [String] = []

  /// Creates the default settings.
  package init() {}
}

import ArgumentParser
import Pipelines

/// The target of a pipeline's validation.
struct PipelineTargetOptions: ParsableArguments {
  @Option(
    name: .customLong("for"),
    help: "Validate for: local (Lyre), elyra (Elyra on this machine) or cluster.")
  var what: Target = .local

  @Option(
    name: .customLong("runtime-config"),
    help: ArgumentHelp(
      "Same as --for cluster, unless it is local; for compatibility with elyra-pipeline.",
      valueName: "name"))
  var runtimeConfiguration: String?

  @Option(
    help: ArgumentHelp(
      "The project's folder; no path may leave it. (default: git's work tree)",
      valueName: "dir"), completion: .directory)
  var root: String?

  enum Target: String, ExpressibleByArgument, CaseIterable {
    case local, elyra, cluster
  }

  var target: PipelineTarget {
    if let runtimeConfiguration, runtimeConfiguration != "local" { return .cluster }
    switch what {
    case .local: return .local
    case .elyra: return .elyra
    case .cluster: return .cluster
    }
  }
}

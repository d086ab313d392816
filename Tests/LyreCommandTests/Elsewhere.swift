import Glibc
import JSONCore
import KernelTesting
import RealKernels
import SystemSupport
import Testing

/// What tests of nodes in containers and jobs share.
enum Elsewhere {
  /// Whether a service runs, and the static program that nodes run with is named.
  static func has(_ service: String) -> Bool {
    let services = (variables["LYRE_SERVICES"] ?? "").split(separator: " ").map(String.init)
    return services.contains(service)
      && FilePlace.isExecutable(variables["LYRE_NODE_PROGRAM"] ?? "")
  }

  /// Why tests were skipped.
  static let missing =
    "needs a service and LYRE_NODE_PROGRAM: eval \"$(scripts/services start NAME)\""

  /// The variables for `lyre`: the test environment's, and those of the services.
  static var variables: [String: String] {
    RealKernels.environment.filter {
      [
        "PATH", "VIRTUAL_ENV", "JUPYTER_PATH", "LYRE_NODE_PROGRAM", "LYRE_SERVICES", "DOCKER_HOST",
        "SLURM_CONF",
      ].contains($0.key)
    }
  }

  /// The images of `scripts/services`.
  static let python = "lyre-test/python:1"
  static let shell = "lyre-test/shell:1"
  static let empty = "lyre-test/empty:1"

  private enum FilePlace {
    static func isExecutable(_ path: String) -> Bool { !path.isEmpty && access(path, X_OK) == 0 }
  }
}

extension Lyre {
  /// Runs the command where nodes may run elsewhere.
  func runElsewhere(_ arguments: [String], _ more: [String: String] = [:]) async throws -> Outcome {
    try await run(arguments, environment: Elsewhere.variables.merging(more) { $1 })
  }

  /// Runs the pipeline in containers without a network of their own.
  func contained(_ arguments: [String] = [], _ more: [String: String] = [:]) async throws -> Outcome
  {
    try await runElsewhere(
      ["pipeline", "run", "p.pipeline", "--containers", "--network", "host"] + arguments, more)
  }

  /// Runs docker.
  func docker(_ arguments: [String]) async throws -> Outcome {
    let folders = (Elsewhere.variables["PATH"] ?? "").split(separator: ":")
    let programs: [String] = folders.map { "\($0)/docker" }
    let program = try #require(programs.first { access($0, X_OK) == 0 })
    let command = try RunningCommand(
      program, arguments, environment: Elsewhere.variables, directory: directory.path,
      limit: .seconds(60))
    return Outcome(await command.result())
  }

  /// The names of the containers that belong to this test's pipelines.
  func containers() async throws -> [String] {
    let outcome = try await docker([
      "ps", "--all", "--filter", "label=lyre.owner", "--format",
      "{{.Names}} {{.Label \"lyre.folder\"}}",
    ])
    return outcome.output.split(separator: "\n").map(String.init)
      .filter { $0.contains(directory.path) }
  }

  /// The folders of nodes that are left.
  func nodeFolders() -> [String] {
    FilePath.names(in: directory.path).filter { $0.hasPrefix("lyre-node-") }
  }

  /// A notebook for a real Python kernel.
  func pythonNotebook(_ sources: [String], to name: String) throws {
    try notebook(sources, to: name, kernel: "python3", language: "python")
  }
}

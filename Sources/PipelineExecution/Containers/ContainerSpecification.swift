/// A container to run: everything about it that the engine's command line says.
///
/// The node's variables are not part of it: a process list and the engine show all of this.
struct ContainerSpecification: Sendable {
  /// Its name, unique on the engine.
  var name: String
  /// Its image, by name or digest.
  var image: String
  /// Its labels.
  var labels: [(name: String, value: String)] = []
  /// What it sees of this machine.
  var mounts: [ContainerMount] = []
  /// The variables that are no secrets.
  var variables: [(name: String, value: String)] = []
  /// Its user.
  var user: ContainerUser
  /// Its resources.
  var resources: ContainerResources
  /// Its network; nil for the engine's default.
  var network: String?
  /// Where its program starts.
  var workingDirectory: String
  /// Its program and the arguments.
  var command: [String]
  /// The user's own options.
  var options: [String] = []

  /// How long an engine that is shut down waits for it, in seconds.
  static let patience = 30

  /// The arguments of the engine's program.
  func arguments(for kind: EngineKind, _ facts: EngineFacts) -> [String] {
    // The image is there already: what is pulled, and when, is not the engine's decision.
    var result = ["run", "--name", name, "--pull", "never"]
    for label in labels { result += ["--label", "\(label.name)=\(label.value)"] }
    for mount in mounts { result += ["--mount", mount.option] }
    for variable in variables { result += ["--env", "\(variable.name)=\(variable.value)"] }
    result += user.options(for: kind, facts)
    result += resources.options(for: kind, facts)
    if let network { result += ["--network", network] }
    if facts.hasSELinux { result += ["--security-opt", "label=disable"] }
    result += ["--stop-timeout", "\(ContainerSpecification.patience)"]
    result += ["--workdir", workingDirectory]
    // The last ones win.
    result += options
    result += ["--entrypoint", command.first ?? "", image]
    return result + command.dropFirst()
  }
}

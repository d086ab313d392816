import ArgumentParser
import Glibc
import PipelineExecution
import Pipelines
import SystemSupport

/// Where the nodes of a pipeline run.
struct NodePlaceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Run each node in a container of its image: all nodes, or only:NODE[,NODE].",
      valueName: "nodes"), completion: .list(["all", "only:"]))
  var containers: String?

  @Option(
    help: ArgumentHelp(
      "The container engine: docker, podman or a path. (default: the first that answers)",
      valueName: "program"), completion: .file())
  var containerEngine: String?

  @Option(help: ArgumentHelp("Use this image for nodes without one.", valueName: "image"))
  var image: String?

  @Option(help: "When to pull images: missing, always or never.")
  var pull = ContainerSettings.Pull.missing

  @Option(
    help: ArgumentHelp("Connect containers to this network, such as host.", valueName: "network"))
  var network: String?

  @Option(
    help: ArgumentHelp(
      "Mount this directory for a cluster's volume claim; repeatable.", valueName: "claim=dir"),
    completion: .directory)
  var volume: [String] = []

  @Flag(help: "Give containers only the declared files, and take only declared outputs.")
  var isolate = false

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Pass this option to the engine's run command, as --container-option=--init; repeatable.",
      valueName: "option"))
  var containerOption: [String] = []

  @Option(
    help: ArgumentHelp(
      "Run each node as a job of Slurm: all nodes, or only:NODE[,NODE].", valueName: "nodes"),
    completion: .list(["all", "only:"]))
  var slurm: String?

  @Option(help: ArgumentHelp("Submit jobs to this partition.", valueName: "name"))
  var slurmPartition: String?

  @Option(help: ArgumentHelp("Charge jobs to this account.", valueName: "name"))
  var slurmAccount: String?

  @Option(
    help: ArgumentHelp(
      "The time limit of jobs, as sbatch takes it. (default: the node's)", valueName: "time"))
  var slurmTime: String?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Add this #SBATCH option to jobs, as --slurm-option=--qos=low; repeatable.",
      valueName: "option"))
  var slurmOption: [String] = []

  @Option(
    help: ArgumentHelp(
      "Keep the files of jobs here, where all machines see them. (default: beside the pipeline)",
      valueName: "dir"), completion: .directory)
  var slurmFolder: String?

  @Option(
    help: ArgumentHelp(
      "Pass the files and results of nodes in containers and jobs through object storage.",
      valueName: "s3://bucket/prefix"))
  var storage: String?

  @Option(
    help: ArgumentHelp(
      "The static lyre that runs nodes elsewhere. (default: LYRE_NODE_PROGRAM, or this one)",
      valueName: "file"), completion: .file())
  var nodeProgram: String?

  /// The options as values.
  ///
  /// - Throws: ``UsageError``.
  func places() throws(UsageError) -> NodePlaces {
    var places = NodePlaces()
    places.inContainers = try NodePlaceOptions.choice(containers, "--containers")
    places.onSlurm = try NodePlaceOptions.choice(slurm, "--slurm")
    guard places.inContainers != .all || places.onSlurm != .all else {
      throw UsageError(
        message: "use only one of --containers and --slurm for all nodes; the other one takes "
          + "only:NODE")
    }
    places.program = nodeProgram
    places.containers.engine = containerEngine
    places.containers.image = image
    places.containers.pull = pull
    places.containers.network = network
    places.containers.isIsolated = isolate
    places.containers.options = containerOption
    places.containers.volumes = try volumes()
    places.slurm.partition = slurmPartition
    places.slurm.account = slurmAccount
    places.slurm.time = slurmTime
    places.slurm.options = try slurmOption.map { (option) throws(UsageError) in
      guard option.hasPrefix("-"), !option.contains(where: \.isNewline) else {
        throw UsageError(
          message: "--slurm-option: expected an option of sbatch, as in --slurm-option=--qos=low")
      }
      return option
    }
    places.slurm.folder = slurmFolder.map(FilePath.absolute)
    return places
  }

  private static func choice(_ text: String?, _ option: String) throws(UsageError)
    -> NodePlaces.Choice
  {
    guard let text else { return .none }
    guard let choice = NodePlaces.Choice(text) else {
      throw UsageError(
        message: "\(option): expected all or only:NODE, found '\(text)'; write \(option)=only:NODE")
    }
    return choice
  }

  private func volumes() throws(UsageError) -> [String: String] {
    var volumes: [String: String] = [:]
    for volume in volume {
      guard let equals = volume.firstIndex(of: "="), equals != volume.startIndex else {
        throw UsageError(
          message: "--volume: expected CLAIM=DIR, found '\(volume)', as in --volume data=/srv/data")
      }
      let folder = FilePath.absolute(String(volume[volume.index(after: equals)...]))
      guard let real = FilePath.real(folder), FilePath.isDirectory(real) else {
        throw UsageError(message: "--volume: there is no directory '\(folder)'")
      }
      volumes[String(volume[..<equals])] = real
    }
    return volumes
  }

  /// Completes `--containers` and `--slurm`, which mean all nodes if they have no value.
  static func completed(_ arguments: [String]) -> [String] {
    let commands = [["pipeline", "run"], ["pipeline", "status"]]
    guard commands.contains(where: { arguments.starts(with: $0) }) else { return arguments }
    let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
    return arguments[..<end].map { ["--containers", "--slurm"].contains($0) ? "\($0)=all" : $0 }
      + arguments[end...]
  }
}

extension ContainerSettings.Pull: ExpressibleByArgument {}

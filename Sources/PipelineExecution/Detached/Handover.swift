import Glibc
import Pipelines
import RunEvents
import SystemSupport

/// Gives Slurm a whole run: a job for each node that waits for the jobs of the nodes before it.
///
/// The first jobs are held until all are submitted. Whatever happens before, none of the run's jobs
/// starts, and all can be found by their comments.
package struct Handover: Sendable {
  let runner: PipelineRunner
  let slurm: SlurmCommands
  let program: String
  let plan: HandoverPlan

  /// Checks that a run can be handed over.
  ///
  /// - Parameter runner: the pipeline, and how to run it; its report is not called.
  /// - Throws: ``DetachedProblem``, and `NodeSelection.Unknown`.
  package init(_ runner: PipelineRunner) throws {
    let (graph, configuration) = (runner.graph, runner.configuration)
    self.runner = runner
    plan = HandoverPlan(
      parents: graph.parents, selection: try configuration.selection.places(in: graph),
      claims: NodeClaims.all(of: graph.nodes, in: runner.folder))
    for node in plan.nodes {
      if let reason = Handover.obstacle(graph.nodes[node.place], configuration) {
        throw DetachedProblem(.unusable, reason)
      }
    }
    do throws(PortableProgram.Problem) {
      program = try PortableProgram.find(
        named: configuration.places.program, environment: configuration.environment)
    } catch {
      throw DetachedProblem(.unusable, error.description)
    }
    do throws(SlurmCommands.Problem) {
      slurm = try SlurmCommands(environment: configuration.environment)
    } catch {
      throw DetachedProblem(.unusable, error.description)
    }
  }

  /// Why a node cannot be part of it; nil if it can.
  static func obstacle(_ node: PipelineNode, _ configuration: PipelineConfiguration) -> String? {
    switch configuration.places.place(of: node) {
    case .slurm: break
    case .process:
      return
        "'\(node.label)' would run as a process of this machine, which has to wait for it; add "
        + "--slurm, or leave the node out with --only, --from or --until"
    case .container:
      return "'\(node.label)' would run in a container of this machine, which has to wait for it; "
        + "leave the node out with --only, --from or --until"
    }
    if node.lyre.retries > 0 {
      return
        "'\(node.label)' has retries, and Slurm does not run a node again; remove them, or run "
        + "without --detach"
    }
    let options = configuration.places.slurm.options + node.lyre.slurmOptions
    let taken = options.first { option in
      Handover.ownOptions.contains { option == $0 || option.hasPrefix("\($0)=") }
        || Handover.ownLetters.contains { option.hasPrefix($0) && !option.hasPrefix("--") }
    }
    return taken.map {
      "'\(node.label)' has the option \($0) of sbatch, which Lyre itself needs for the order of the "
        + "nodes and to find its jobs; remove it, or run without --detach"
    }
  }

  /// Options of `sbatch` with which the jobs would not run once and in order, or would not be found.
  private static let ownOptions = [
    "--dependency", "--array", "--kill-on-invalid-dep", "--wait", "--comment",
  ]
  private static let ownLetters = ["-d", "-a", "-W"]

  /// A run whose jobs can be submitted.
  package struct Prepared: Sendable {
    /// The run.
    package let run: DetachedRun
    /// Its name, the value of `ELYRA_RUN_NAME`.
    package let name: String
    /// What `sbatch` is to be told, with the file of the script.
    let requests: [(request: JobRequest, script: String)]
  }

  // MARK: Files

  /// Writes what the jobs need; nothing is submitted.
  ///
  /// - Throws: ``DetachedProblem``; nothing is left then.
  package func prepare() throws(DetachedProblem) -> Prepared {
    let configuration = runner.configuration
    let parent =
      configuration.places.slurm.folder ?? PipelinePath.joined(runner.folder, JobsFolder.name)
    var made: String?
    do throws(SystemError) {
      try FilePath.makeDirectories(parent, mode: 0o700)
      DetachedRun.removeIncomplete(in: parent)
      let folder = try FilePath.makeTemporaryFolder(
        "\(JobRequest.plainName(runner.context.runName))-", in: parent)
      made = folder
      let run = DetachedRun(folder: folder, nodes: nodes)
      try createPrivateFile(
        run.ownerFile, [Array("\(OwnerMark.current)".utf8)[...]], isDurable: true)
      // It stays, and is nothing for the project's git.
      try createPrivateFile("\(folder)/.gitignore", [Array("*\n".utf8)[...]])
      var requests: [(request: JobRequest, script: String)] = []
      for place in plan.nodes.indices { requests.append(try write(place, of: run)) }
      return Prepared(run: run, name: runner.context.runName, requests: requests)
    } catch {
      if let made { FilePath.removeTree(made) }
      JobsFolder.removeIfEmpty(parent)
      throw DetachedProblem(
        .file, "the folder for the run's jobs, in '\(parent)', cannot be written: \(error)")
    }
  }

  private var nodes: [DetachedRun.Node] {
    plan.nodes.enumerated().map { number, planned in
      let node = runner.graph.nodes[planned.place]
      return DetachedRun.Node(
        id: node.id, label: node.label, file: node.file, parents: planned.needed,
        name: "\(number + 1)-\(JobRequest.plainName(node.label))")
    }
  }

  private func write(_ place: Int, of run: DetachedRun) throws(SystemError) -> (JobRequest, String)
  {
    let (context, configuration) = (runner.context, runner.configuration)
    let node = runner.graph.nodes[plan.nodes[place].place]
    var subject = context.subject
    subject.run = .name(run.id)
    subject.node = NodeIdentity(place: place, id: node.id, label: node.label, attempt: 1)
    let attempt = NodeAttempt(
      node: node, folder: runner.folder, configuration: configuration, scope: context.parameters,
      runName: context.runName, destination: configuration.destinations[plan.nodes[place].place],
      subject: subject, runners: [])
    let task = attempt.task(
      PipelinePath.joined(runner.folder, node.file ?? ""), NodeLog(nil))
    let remote = try RemoteNode(task, in: run.folder(of: place))
    var description = remote.description(
      work: NodeMounts.common(runner.folder, task.workingDirectory), configuration)
    // Nobody here checks them when the node starts and ends.
    if !node.dependencies.isEmpty {
      description.inputs = .init(
        place: nil, patterns: node.dependencies, includesSubfolders: node.includesSubdirectories)
    }
    if !node.outputs.isEmpty { description.outputs = .init(place: nil, patterns: node.outputs) }
    try remote.write(
      description, variables: run.variables(of: place), python: configuration.python)
    var request = JobRequest(
      node, command: [program, "node", "--quiet", remote.descriptionPath],
      workingDirectory: task.workingDirectory, output: run.output(of: place),
      comment: HandoverMark(place: place, folder: run.folder).description,
      limit: task.limit?.totalSeconds, settings: configuration.places.slurm)
    request.isHeld = plan.nodes[place].isFirst
    let script = "\(run.folder(of: place))/job.sh"
    try createPrivateFile(script, [Array(request.script.utf8)[...]])
    return (request, script)
  }
}

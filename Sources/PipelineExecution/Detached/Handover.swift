package import Pipelines

/// Gives Slurm a whole run: a job for each node that waits for the jobs of the nodes before it.
///
/// The first jobs are held until all are submitted. Whatever happens before, none of the run's jobs
/// starts, and all can be found by their comments.
package struct Handover: Sendable {
  let runner: PipelineRunner
  let slurm: SlurmCommands
  let program: String
  let plan: HandoverPlan
  /// Stops it, with the run's control.
  let control = NodeControl()

  /// Checks that a run can be handed over.
  ///
  /// - Parameter runner: the pipeline, and how to run it; its report is not called.
  /// - Throws: ``DetachedProblem``, and `NodeSelection.Unknown`.
  package init(_ runner: PipelineRunner) throws {
    let (graph, configuration) = (runner.graph, runner.configuration)
    self.runner = runner
    runner.control.attach(control, at: 0)
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
    /// The place of the files that its nodes exchange; nil if they are in the project's folder.
    package let exchange: FilesPlace?
    /// The places of the nodes' results.
    package let results: [FilesPlace]
    /// Whether the nodes' credentials for the storage end at some time.
    package let hasTemporaryCredentials: Bool
    /// What `sbatch` is to be told, with the file of the script.
    let requests: [(request: JobRequest, script: String)]
  }
}

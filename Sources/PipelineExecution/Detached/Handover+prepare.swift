import Pipelines
import RunEvents
import SystemSupport

extension Handover {
  /// Writes what the jobs need, and brings the nodes' files to the storage; nothing is submitted.
  ///
  /// - Parameter storage: the storage through which the nodes exchange files; nil for the project's
  ///   folder, which all machines see.
  /// - Throws: ``DetachedProblem``; nothing is left then on this machine.
  package func prepare(_ storage: (any NodeStorage)?) async throws(DetachedProblem) -> Prepared {
    let parent =
      runner.configuration.places.slurm.folder
      ?? PipelinePath.joined(runner.folder, JobsFolder.name)
    let folder: String
    do throws(SystemError) {
      try FilePath.makeDirectories(parent, mode: 0o700)
      DetachedRun.removeIncomplete(in: parent)
      folder = try FilePath.makeTemporaryFolder(
        "\(JobRequest.plainName(runner.context.runName))-", in: parent)
    } catch {
      JobsFolder.removeIfEmpty(parent)
      throw Handover.unwritable(parent, error)
    }
    let run = DetachedRun(folder: folder, nodes: nodes)
    do throws(DetachedProblem) {
      return try await prepare(run, storage)
    } catch {
      remove(run)
      throw error
    }
  }

  private static func unwritable(_ folder: String, _ error: SystemError) -> DetachedProblem {
    DetachedProblem(
      .file, "the folder for the run's jobs, in '\(folder)', cannot be written: \(error)")
  }

  private func prepare(_ run: DetachedRun, _ storage: (any NodeStorage)?)
    async throws(DetachedProblem) -> Prepared
  {
    do throws(SystemError) {
      try createPrivateFile(
        run.ownerFile, [Array("\(OwnerMark.current)".utf8)[...]], isDurable: true)
      // It stays, and is nothing for the project's git.
      try createPrivateFile("\(run.folder)/.gitignore", [Array("*\n".utf8)[...]])
    } catch {
      throw Handover.unwritable(run.folder, error)
    }
    var files: HandoverFiles?
    if let storage { files = try await HandoverFiles(storage, self) }
    var requests: [(request: JobRequest, script: String)] = []
    var results: [FilesPlace] = []
    for place in plan.nodes.indices {
      let (remote, description) = try await describe(place, of: run, files)
      results.append(description.results)
      do throws(SystemError) {
        requests.append(try write(place, of: run, remote, description, files))
      } catch {
        throw Handover.unwritable(run.folder, error)
      }
    }
    return Prepared(
      run: run, name: runner.context.runName, exchange: storage?.exchange, results: results,
      hasTemporaryCredentials: files?.hasTemporaryCredentials ?? false, requests: requests)
  }

  private var nodes: [DetachedRun.Node] {
    plan.nodes.enumerated().map { number, planned in
      let node = runner.graph.nodes[planned.place]
      return DetachedRun.Node(
        id: node.id, label: node.label, file: node.file, parents: planned.needed,
        name: "\(number + 1)-\(JobRequest.plainName(node.label))")
    }
  }

  private func describe(_ place: Int, of run: DetachedRun, _ files: HandoverFiles?)
    async throws(DetachedProblem) -> (RemoteNode, NodeDescription)
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
    let remote: RemoteNode
    do throws(SystemError) {
      remote = try RemoteNode(task, in: run.folder(of: place))
    } catch {
      throw Handover.unwritable(run.folder, error)
    }
    if let files {
      let description = try await files.description(
        of: remote, at: plan.nodes[place].place, credentials: run.credentials(of: place))
      return (remote, description)
    }
    var description = remote.description(
      work: NodeMounts.common(runner.folder, task.workingDirectory), configuration)
    // Nobody here checks them when the node starts and ends.
    if !node.dependencies.isEmpty {
      description.inputs = .init(
        place: nil, patterns: node.dependencies, includesSubfolders: node.includesSubdirectories)
    }
    if !node.outputs.isEmpty { description.outputs = .init(place: nil, patterns: node.outputs) }
    return (remote, description)
  }

  private func write(
    _ place: Int, of run: DetachedRun, _ remote: RemoteNode, _ description: NodeDescription,
    _ files: HandoverFiles?
  ) throws(SystemError) -> (JobRequest, String) {
    let (configuration, task) = (runner.configuration, remote.task)
    if let files, !files.credentials.isEmpty {
      try EnvironmentFile.write(files.credentials, to: run.credentials(of: place))
    }
    try remote.write(
      description, variables: run.variables(of: place), python: configuration.python)
    var request = JobRequest(
      task.node, command: [program, "node", "--quiet", remote.descriptionPath],
      // The project's folder need not be where the job runs.
      workingDirectory: files == nil ? task.workingDirectory : run.folder(of: place),
      output: run.output(of: place),
      comment: HandoverMark(place: place, folder: run.folder).description,
      limit: task.limit?.totalSeconds, settings: configuration.places.slurm)
    request.isHeld = plan.nodes[place].isFirst
    let script = "\(run.folder(of: place))/job.sh"
    try createPrivateFile(script, [Array(request.script.utf8)[...]])
    return (request, script)
  }
}

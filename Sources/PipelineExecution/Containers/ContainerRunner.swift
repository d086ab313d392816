import JSONCore
import Pipelines
import Processes
import RunEvents
import SystemSupport

/// Runs nodes in containers, each in its image, with the same program that runs them here.
struct ContainerRunner: NodeRunner {
  /// The nodes of the pipeline.
  let graph: PipelineGraph
  /// The folder that the pipeline's paths are relative to.
  let folder: String
  let configuration: PipelineConfiguration
  /// The engine and the images.
  let images: ContainerImages

  private var places: NodePlaces { configuration.places }

  func canRun(_ node: PipelineNode) -> Bool { places.place(of: node) == .container }

  func run(
    _ task: NodeTask, control: NodeControl, report: @escaping @Sendable (NodeReport) -> Void
  ) async -> NodeOutcome {
    do {
      return try await ContainerAttempt(runner: self, task: task, control: control, report: report)
        .run()
    } catch let error as ContainerEngine.Problem {
      if error.isStop { return NodeOutcome(status: .interrupted) }
      return NodeOutcome(status: .failed, message: error.description)
    } catch let error as StoredNode.Problem {
      if error.isStop { return NodeOutcome(status: .interrupted) }
      return NodeOutcome(status: .failed, message: error.description)
    } catch let error as SystemError {
      return NodeOutcome(
        status: .failed, message: "the folder for its container cannot be written: \(error)")
    } catch {
      return NodeOutcome(status: .failed, message: "\(error)")
    }
  }

  /// The name of a node's image.
  ///
  /// - Throws: ``ContainerEngine/Problem`` if it has none.
  static func image(of node: PipelineNode, _ settings: ContainerSettings)
    throws(ContainerEngine.Problem) -> String
  {
    guard let image = node.runtimeImage ?? settings.image else {
      throw ContainerEngine.Problem(
        description: "it has no image to run in: set its runtime_image, or give one for all such "
          + "nodes with --image")
    }
    guard !image.hasPrefix("-") else {
      throw ContainerEngine.Problem(description: "'\(image)' is not the name of an image")
    }
    return image
  }
}

/// One run of a node in a container.
private struct ContainerAttempt: Sendable {
  let runner: ContainerRunner
  let task: NodeTask
  let control: NodeControl
  let report: @Sendable (NodeReport) -> Void

  private var places: NodePlaces { runner.configuration.places }
  private var settings: ContainerSettings { places.containers }
  private var node: PipelineNode { task.node }

  func run() async throws -> NodeOutcome {
    let program = try PortableProgram.find(
      named: runner.configuration.places.program, environment: task.base)
    let name = try ContainerRunner.image(of: node, settings)
    let facts = try await runner.images.image(name, control) { report(.warning($0)) }
    let engine = try await runner.images.engine(control)
    let resources = ContainerResources(node)
    warnOfLimits(resources, engine)
    let folder = try NodeFolder(in: NodeFolder.temporary(task.base))
    defer { folder.remove() }
    let remote = try RemoteNode(task, in: folder.node)
    let mounted = NodeMounts.folders(
      project: places.project, pipeline: runner.folder, node: task.workingDirectory)
    let stored = try storedNode(remote)
    let isolated =
      settings.isIsolated && stored == nil ? try isolatedFiles(mounted, folder) : nil
    try await write(remote, stored, folder)
    var container = ContainerSpecification(
      name: "\(FilePath.parts(folder.path).name)-\(task.subject.node?.attempt ?? 1)", image: name,
      user: .caller, resources: resources,
      workingDirectory: stored == nil ? task.workingDirectory : folder.path,
      command: [ContainerAttempt.program, "node", "--quiet", remote.descriptionPath])
    container.labels = labels(folder)
    container.mounts = [
      ContainerMount(source: program, target: ContainerAttempt.program, isReadOnly: true),
      ContainerMount(source: folder.path, target: folder.path),
    ]
    container.mounts +=
      stored == nil ? fileMounts(isolated, mounted) : storageMounts
    // There Lyre itself writes what comes from the bucket.
    if stored != nil {
      container.mounts.append(
        ContainerMount(source: folder.node, target: folder.node, isReadOnly: true))
    }
    container.mounts += try NodeMounts.volumes(of: node, settings.volumes)
    container.variables = variables(facts, folder)
    container.network = settings.network
    container.options = settings.options
    let run = ContainerRun(
      engine: engine, container: container, limit: task.limit, control: control)
    guard let stored else {
      let outcome = await told(await remote.follow(report) { await run.run() }, remote).outcome
      return isolated.map { bringBack($0, outcome) } ?? outcome
    }
    let (ending, missing) = await stored.follow { await run.run() }
    // Also where the bucket can be read: the node may not have been allowed to write to it.
    remote.recover(from: folder.temporary)
    let (outcome, hasResult) = await told(ending, remote)
    return await stored.bringBack(outcome, missing: missing, hasResult: hasResult)
  }

  /// How the node ended, and whether it has said so itself.
  private func told(_ ending: ContainerEnding, _ remote: RemoteNode) async
    -> (outcome: NodeOutcome, hasResult: Bool)
  {
    var ending = ending
    ending.hasBegun = FilePath.exists("\(remote.results)/\(NodeFolder.eventsName)")
    let left = await remote.outcome { report($0) }
    return (ending.outcome(left), left != nil)
  }

  private func fileMounts(_ isolated: IsolatedFiles?, _ mounted: [String]) -> [ContainerMount] {
    (isolated?.mounts ?? mounted.map { ContainerMount(source: $0, target: $0) })
      + destinationMounts(mounted)
  }

  /// The node with its files in an object storage; nil if they are in folders.
  private func storedNode(_ remote: RemoteNode) throws -> StoredNode? {
    guard let storage = runner.configuration.storage else { return nil }
    return try StoredNode(
      storage, remote, DeclaredFiles(node, in: runner.graph, pipeline: runner.folder),
      root: NodeMounts.root(
        project: places.project, pipeline: runner.folder, node: task.workingDirectory),
      control: control, report: report)
  }

  private var storageMounts: [ContainerMount] {
    guard let file = runner.configuration.storage?.certificateFile else { return [] }
    return [ContainerMount(source: file, target: file, isReadOnly: true)]
  }

  /// Where the program is in a container.
  private static let program = "/.lyre/lyre"

  private func write(_ remote: RemoteNode, _ stored: StoredNode?, _ folder: NodeFolder) async throws
  {
    var description =
      try await stored?.description(runner.configuration, credentials: folder.credentials)
      ?? remote.description(work: work, runner.configuration)
    description.node.environment = [:]
    description.node.environmentFile = folder.environment
    try EnvironmentFile.write(passedVariables, to: folder.environment)
    try remote.write(description)
  }

  /// A folder that contains the node's file and the pipeline.
  private var work: String { NodeMounts.common(runner.folder, task.workingDirectory) }

  /// The node's own variables, and those that it takes from this program's environment.
  private var passedVariables: [String: String] {
    var variables = task.variables
    for name in node.inheritedVariables where variables[name] == nil {
      variables[name] = task.base[name]
    }
    return variables
  }

  /// The variables of `lyre node` itself: places that it can write to.
  private func variables(_ image: ImageFacts, _ folder: NodeFolder) -> [(
    name: String, value: String
  )] {
    var variables = [(name: "TMPDIR", value: folder.temporary)]
    // An image that sets a home has prepared it.
    if image.variables["HOME"] == nil { variables.append(("HOME", folder.home)) }
    return variables
  }

  private func labels(_ folder: NodeFolder) -> [(name: String, value: String)] {
    var labels = [
      (name: ContainerLabel.owner, value: "\(OwnerMark.current)"),
      (name: ContainerLabel.folder, value: folder.path),
      (name: ContainerLabel.node, value: node.label),
    ]
    if let pipeline = task.subject.pipeline { labels.append((ContainerLabel.pipeline, pipeline)) }
    if case .number(let run)? = task.subject.run { labels.append((ContainerLabel.run, "\(run)")) }
    return labels
  }

  private func destinationMounts(_ mounted: [String]) -> [ContainerMount] {
    guard let destination = task.destination else { return [] }
    let folder = PipelinePath.folder(destination)
    let isThere = !settings.isIsolated && mounted.contains { NodeMounts.contains($0, folder) }
    return isThere ? [] : [ContainerMount(source: folder, target: folder)]
  }

  private func warnOfLimits(_ resources: ContainerResources, _ engine: ContainerEngine) {
    guard resources.limitsAnything else { return }
    if resources.memory != nil, !engine.facts.limitsMemory {
      report(.warning("\(engine.name) cannot limit memory on this machine; the limit is ignored"))
    }
    if let cores = resources.cores {
      if !engine.facts.limitsProcessor {
        report(.warning("\(engine.name) cannot limit cores on this machine; the limit is ignored"))
      } else if let most = engine.facts.cores, cores > Double(most) {
        report(
          .warning("its limit is \(cores) cores, and the machine has \(most), which are the limit"))
      }
    }
  }

  // MARK: Isolation

  private func isolatedFiles(_ mounted: [String], _ folder: NodeFolder) throws -> IsolatedFiles {
    let files = IsolatedFiles(
      DeclaredFiles(node, in: runner.graph, pipeline: runner.folder), folders: mounted,
      copy: "\(folder.path)/files")
    try files.fill()
    return files
  }

  private func bringBack(_ files: IsolatedFiles, _ outcome: NodeOutcome) -> NodeOutcome {
    do throws(TreeCopy.Failure) {
      try files.bringBack { report(.warning($0)) }
      return outcome
    } catch {
      guard outcome.status == .succeeded else {
        report(.warning("\(error)"))
        return outcome
      }
      var outcome = outcome
      outcome.status = .notWritten
      outcome.message = "its outputs could not be brought back: \(error)"
      return outcome
    }
  }
}

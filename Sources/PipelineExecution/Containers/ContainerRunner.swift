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

  private var settings: ContainerSettings { runner.configuration.places.containers }
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
      project: runner.configuration.places.project, pipeline: runner.folder,
      node: task.workingDirectory)
    let isolated = settings.isIsolated ? try isolatedFiles(mounted, folder) : nil
    try write(remote, folder)
    var container = ContainerSpecification(
      name: "\(FilePath.parts(folder.path).name)-\(task.subject.node?.attempt ?? 1)", image: name,
      user: .caller, resources: resources, workingDirectory: task.workingDirectory,
      command: [ContainerAttempt.program, "node", "--quiet", remote.descriptionPath])
    container.labels = labels(folder)
    container.mounts =
      [ContainerMount(source: program, target: ContainerAttempt.program, isReadOnly: true)]
      + [ContainerMount(source: folder.path, target: folder.path)]
      + (isolated?.mounts ?? mounted.map { ContainerMount(source: $0, target: $0) })
      + (try NodeMounts.volumes(of: node, settings.volumes)) + destinationMounts(mounted)
    container.variables = variables(facts, folder)
    container.network = settings.network
    container.options = settings.options
    let run = ContainerRun(
      engine: engine, container: container, limit: task.limit, control: control)
    var ending = await remote.follow(report) { await run.run() }
    ending.hasBegun = FilePath.exists("\(remote.results)/\(NodeFolder.eventsName)")
    let outcome = ending.outcome(await remote.outcome { report($0) })
    guard let isolated else { return outcome }
    return bringBack(isolated, outcome)
  }

  /// Where the program is in a container.
  private static let program = "/.lyre/lyre"

  private func write(_ remote: RemoteNode, _ folder: NodeFolder) throws {
    var description = remote.description(work: work, runner.configuration)
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
    let graph = runner.graph
    let place = graph.nodes.firstIndex { $0.id == node.id }
    let before = place.map { graph.ancestors(of: [$0]) } ?? []
    let files = IsolatedFiles(
      node, before: before.sorted().filter { $0 != place }.map { graph.nodes[$0] },
      pipeline: runner.folder, folders: mounted, copy: "\(folder.path)/files")
    try files.fill()
    return files
  }

  private func bringBack(_ files: IsolatedFiles, _ outcome: NodeOutcome) -> NodeOutcome {
    do throws(FileCopy.Failure) {
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

import Glibc
import JSONCore
import Pipelines
import RunEvents
import SystemSupport

/// Runs nodes as jobs of Slurm, with the same program that runs them here, over a folder that all
/// machines see.
struct SlurmRunner: NodeRunner {
  /// The nodes of the pipeline.
  let graph: PipelineGraph
  /// The folder that the pipeline's paths are relative to.
  let folder: String
  let configuration: PipelineConfiguration
  /// Removes what earlier runs left, once.
  private let cleanUp = OnceForAll<Bool, Bool, Never>()

  init(graph: PipelineGraph, folder: String, configuration: PipelineConfiguration) {
    self.graph = graph
    self.folder = folder
    self.configuration = configuration
  }

  func canRun(_ node: PipelineNode) -> Bool { configuration.places.place(of: node) == .slurm }

  func run(
    _ task: NodeTask, control: NodeControl, report: @escaping @Sendable (NodeReport) -> Void
  ) async -> NodeOutcome {
    do {
      return try await attempt(task, control, report)
    } catch let error as StoredNode.Problem {
      if error.isStop { return NodeOutcome(status: .interrupted) }
      return NodeOutcome(status: .failed, message: error.description)
    } catch let error as SystemError {
      return NodeOutcome(
        status: .failed,
        message: "the folder for its job, in '\(parent)', cannot be written: \(error)")
    } catch {
      return NodeOutcome(status: .failed, message: "\(error)")
    }
  }

  private var settings: SlurmSettings { configuration.places.slurm }

  /// Where the folders of jobs are.
  private var parent: String {
    settings.folder ?? PipelinePath.joined(folder, JobsFolder.name)
  }

  private func attempt(
    _ task: NodeTask, _ control: NodeControl, _ report: @escaping @Sendable (NodeReport) -> Void
  ) async throws -> NodeOutcome {
    let program = try PortableProgram.find(
      named: configuration.places.program, environment: task.base)
    let slurm = try SlurmCommands(environment: task.base)
    _ = await cleanUp.value(for: true) {
      // What cannot be removed now is removed by a later run.
      if (try? await LeftoverJobs(slurm: slurm).remove()) != nil {
        NodeFolder.removeLeftovers(in: parent)
      }
      return true
    }
    try FilePath.makeDirectories(parent, mode: 0o700)
    let files = try NodeFolder(in: parent)
    defer {
      files.remove()
      JobsFolder.removeIfEmpty(parent)
    }
    let remote = try RemoteNode(task, in: files.node)
    let stored = try storedNode(remote, control, report)
    let description =
      try await stored?.description(configuration, credentials: files.credentials)
      ?? remote.description(
        work: NodeMounts.common(folder, task.workingDirectory), configuration)
    try remote.write(
      description, variables: files.environment, python: configuration.python)
    let output = "\(files.path)/job.log"
    let request = JobRequest(
      task.node, command: [program, "node", "--quiet", remote.descriptionPath],
      workingDirectory: stored == nil ? task.workingDirectory : files.path, output: output,
      comment: LeftoverJobs.comment(files.path), limit: task.limit?.totalSeconds,
      settings: settings)
    let script = "\(files.path)/job.sh"
    try createPrivateFile(script, [Array(request.script.utf8)[...]])
    let job = try await slurm.submit(request, script: script)
    let run = JobRun(
      slurm: slurm, job: job, ending: "\(remote.results)/\(NodeFolder.endingName)",
      control: control, report: report)
    var (state, missing): (JobState?, String?)
    if let stored {
      (state, missing) = await stored.follow { await run.run() }
    } else {
      state = await remote.follow(report) { await run.run() }
    }
    // Files of other machines become visible late.
    let mayHaveResult = state.map { $0.hasEnded && $0.exitCode < 126 } ?? true
    let patience: Duration = .seconds(mayHaveResult && !control.isKilled ? 3 : 0)
    let left = await remote.outcome({ report($0) }, patience: patience)
    // Why it did not succeed, the scheduler may know better.
    if let left, left.status != .succeeded, control.stopSignal == nil {
      state = await run.settled(state)
    }
    let ending = JobEnding(
      job: job, state: state, output: SlurmRunner.end(of: output), program: program,
      memory: request.memory, isStopped: control.stopSignal != nil)
    let outcome = ending.outcome(left)
    return await stored?.bringBack(outcome, missing: missing, hasResult: left != nil) ?? outcome
  }

  /// The node with its files in an object storage; nil if they are in a folder that all machines see.
  private func storedNode(
    _ remote: RemoteNode, _ control: NodeControl,
    _ report: @escaping @Sendable (NodeReport) -> Void
  ) throws -> StoredNode? {
    guard let storage = configuration.storage else { return nil }
    let task = remote.task
    return try StoredNode(
      storage, remote, DeclaredFiles(task.node, in: graph, pipeline: folder),
      root: NodeMounts.root(
        project: configuration.places.project, pipeline: folder, node: task.workingDirectory),
      control: control, report: report)
  }

  private static func end(of path: String) -> String {
    guard let (bytes, _) = try? fileEnd(path, limit: 16_384) else { return "" }
    return String(decoding: bytes, as: UTF8.self)
  }
}

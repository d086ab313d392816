import Glibc
import JSONCore
import NotebookDocument
import NotebookExecution
import Pipelines
import RunEvents
import SystemSupport

/// The host's side of a node that `lyre node` runs elsewhere: in a container, on another machine.
///
/// A runner creates it for an attempt, starts `lyre node` with ``descriptionPath`` in its own way,
/// follows it until that has ended, and takes its outcome:
///
///     let remote = try RemoteNode(task, in: folder)
///     try remote.write(remote.description(work: work, settings))
///     let exit = await remote.follow(report) { await engine.wait() }
///     return await remote.outcome(report) ?? explanation(exit)
struct RemoteNode: Sendable {
  /// The attempt.
  let task: NodeTask
  /// The folder of the attempt, which only this user can read.
  let folder: String

  /// Creates the folder of an attempt; it must not exist yet, because what another attempt left
  /// would be taken for this one's.
  ///
  /// - Throws: `SystemError`.
  init(_ task: NodeTask, in folder: String) throws(SystemError) {
    self.task = task
    self.folder = folder
    try FilePath.makeDirectories(FilePath.parts(folder).directory, mode: 0o700)
    for path in [folder, "\(folder)/results"] {
      guard mkdir(path, 0o700) == 0 else { throw SystemError() }
    }
  }

  /// The file with the description, the argument of `lyre node`.
  var descriptionPath: String { "\(folder)/description.json" }

  /// The folder for events, log, executed notebook and ending.
  var results: String { "\(folder)/results" }

  /// Describes the node for a place where the folder of the pipeline is mounted at the same path,
  /// and this attempt's folder too: it runs in place, as on this machine.
  ///
  /// - Parameters:
  ///   - work: a folder that contains the node's file.
  ///   - configuration: how to run it; its Python is a path of this machine and is not passed on.
  func description(work: String, _ configuration: PipelineConfiguration) -> NodeDescription {
    var node = NodeDescription.Work(
      file: PipelinePath.relative(task.path, to: work), kind: .init(task.node.kind))
    if node.kind == .notebook, let document = try? NotebookDocument(NotebookFile(task.path).read())
    {
      node.kernel = KernelChoice.name(in: document)
      node.language = KernelChoice.language(of: document)
    }
    node.parameters = task.parameters
    node.pipelineParameters = task.node.pipelineParameters
    node.environment = task.variables
    node.limit = task.limit?.totalSeconds
    node.kernelStart = configuration.startupTimeout.totalSeconds
    node.kernelFallback = configuration.kernelFallback.rawValue
    node.keepsOldOutputs = configuration.keepsOldOutputs
    node.destination = task.destination
    var description = NodeDescription(
      subject: .init(task.subject), node: node, results: .path(results))
    description.work = work
    return description
  }

  /// Writes the description for `lyre node`, readable for this user only.
  ///
  /// - Throws: `SystemError`.
  func write(_ description: NodeDescription) throws(SystemError) {
    let text = description.json.serialized(.pretty)
    try createPrivateFile(descriptionPath, [text[...], [0x0A]])
  }

  /// Reports the node's events and keeps its log while it runs, and at the end the rest of both.
  ///
  /// - Parameters:
  ///   - report: called with events, in order.
  ///   - ended: returns when the program that runs the node has ended.
  /// - Returns: the value of `ended`.
  func follow<Ended: Sendable>(
    _ report: @escaping @Sendable (NodeReport) -> Void,
    until ended: @Sendable () async -> Ended
  ) async -> Ended {
    let feed = RemoteFeed(of: task.subject, in: results, to: task.log, report)
    return await withTaskGroup { group in
      group.addTask { await feed.follow() }
      let value = await ended()
      group.cancelAll()
      await group.waitForAll()
      feed.finish()
      return value
    }
  }

  /// How the node ended, once the program that ran it has ended.
  ///
  /// - Parameters:
  ///   - report: called with problems of what it left.
  ///   - patience: how long to wait for the file; other machines' files may become visible late.
  /// - Returns: nil if it left no ending, because it was killed or never started.
  func outcome(
    _ report: @Sendable (NodeReport) -> Void, patience: Duration = .zero
  ) async -> NodeOutcome? {
    let path = "\(results)/\(NodeDescription.endingName)"
    let deadline = ContinuousClock.now + patience
    while !FilePath.exists(path), ContinuousClock.now < deadline, !Task.isCancelled {
      try? await Task.sleep(for: RemoteFeed.interval)
    }
    guard FilePath.exists(path), let ending = ending(path, report) else { return nil }
    var outcome = NodeOutcome(
      status: ending.result.status, message: ending.result.message, cells: ending.result.cells,
      executed: executed(report), standardErrorTail: ending.result.standardErrorTail)
    outcome.started = ending.result.started
    outcome.duration = ending.result.duration
    return outcome
  }

  /// Takes over results that `lyre node` has kept in its folder for temporary files, because they
  /// could not be stored where they were to go.
  ///
  /// - Parameter temporary: that folder.
  func recover(from temporary: String) {
    for name in FilePath.names(in: temporary) {
      let kept = "\(temporary)/\(name)"
      // The ending is written last.
      guard FilePath.linkTarget(kept) == nil,
        FilePath.isFile("\(kept)/\(NodeDescription.endingName)")
      else { continue }
      logRest(of: "\(kept)/\(NodeDescription.logName)")
      for file in [
        NodeDescription.executedName, NodeDescription.notebookName, NodeDescription.outputsName,
        NodeDescription.endingName,
      ] {
        rename("\(kept)/\(file)", "\(results)/\(file)")
      }
    }
  }

  /// Adds to the log what the whole output has beyond that which was read.
  private func logRest(of path: String) {
    let seen = FileStatus("\(results)/\(NodeDescription.logName)")?.size ?? 0
    var file = GrowingFile(path, from: seen)
    while let bytes = try? file.next(), !bytes.isEmpty { task.log.write(bytes) }
  }

  private func ending(_ path: String, _ report: (NodeReport) -> Void) -> NodeEnding? {
    let bytes: [UInt8]
    do throws(SystemError) {
      bytes = try fileContent(path)
    } catch {
      report(.warning("'\(path)' cannot be read: \(error)"))
      return nil
    }
    guard let json = try? JSONValue(parsing: bytes), let ending = NodeEnding(json: json) else {
      report(.warning("'\(path)' does not say how a node ended; it was damaged or changed"))
      return nil
    }
    guard ending.subject.isSameAttempt(as: task.subject), !ending.result.status.isOpen else {
      report(.warning("'\(path)' is of another attempt, and is not used"))
      return nil
    }
    return ending
  }

  /// The executed notebook as far as it was saved, also if the program that ran it was killed; nil
  /// for scripts, and if nothing was saved.
  func executed(_ report: (NodeReport) -> Void) -> NotebookDocument? {
    let path = "\(results)/\(NodeDescription.executedName)"
    do throws(NotebookError) {
      if NotebookSaver.hasRemains(path) {
        // The folder is this user's; only the notes of the other machine are missing here.
        _ = try NotebookSaver.recover(path, isTrusted: true)
      }
      guard FilePath.exists(path) else { return nil }
      return try NotebookDocument(NotebookFile(path).read())
    } catch {
      report(.warning("the executed notebook cannot be read: \(error)"))
      return nil
    }
  }
}

extension NodeStatus {
  /// Whether a node with this status has not ended.
  var isOpen: Bool {
    switch self {
    case .waiting, .running, .cached, .blocked, .skipped, .notRun: true
    default: false
    }
  }
}

extension NodeDescription.Work.Kind {
  /// The kind of a pipeline's node that has a file.
  init(_ kind: PipelineNode.Kind) {
    switch kind {
    case .notebook: self = .notebook
    case .pythonScript: self = .python
    case .rScript: self = .r
    default: self = .script
    }
  }
}

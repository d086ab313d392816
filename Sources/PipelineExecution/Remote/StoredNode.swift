import Glibc
import NotebookDocument
import Pipelines
import RunEvents
import SystemSupport

/// The host's side of a node that runs elsewhere with only what it declares, and whose files and
/// results go through an object storage.
struct StoredNode: Sendable {
  private let storage: any NodeStorage
  private let remote: RemoteNode
  private let declared: DeclaredFiles
  /// The folder that the names in the storage are relative to.
  private let root: String
  private let place: FilesPlace
  private let control: NodeControl
  private let report: @Sendable (NodeReport) -> Void
  /// The notebook here, locked for the result; nil for scripts.
  private let notebook: RemoteNotebook?
  /// How long the storage may be away after the end of the node.
  private let patience: Duration

  /// Why it cannot run.
  struct Problem: Error, CustomStringConvertible {
    /// What happened, and the remedy.
    var description: String
    /// Whether the run was stopped meanwhile.
    var isStop = false
  }

  /// Prepares an attempt.
  ///
  /// - Parameters:
  ///   - storage: the storage of the run.
  ///   - remote: the attempt.
  ///   - declared: what the node declares.
  ///   - root: the folder that its files are in.
  ///   - control: stops transfers.
  ///   - report: called with events.
  ///   - patience: how long the storage may be away after the end of the node.
  /// - Throws: ``Problem`` if the notebook cannot be locked for its result.
  init(
    _ storage: any NodeStorage, _ remote: RemoteNode, _ declared: DeclaredFiles, root: String,
    control: NodeControl, report: @escaping @Sendable (NodeReport) -> Void,
    patience: Duration = .seconds(120)
  ) throws(Problem) {
    self.patience = patience
    self.storage = storage
    self.remote = remote
    self.declared = declared
    self.root = root
    self.control = control
    self.report = report
    place = storage.place(for: remote.task.subject)
    guard declared.node.kind == .notebook else {
      notebook = nil
      return
    }
    do throws(NotebookError) {
      notebook = try RemoteNotebook(remote.task) { report(.warning($0)) }
    } catch {
      throw Problem(description: error.message)
    }
  }

  private var outputs: FilesPlace { place.appending("files") }
  private var results: FilesPlace { place.appending("results") }

  /// Sends the node's files, and describes it.
  ///
  /// - Parameters:
  ///   - configuration: how to run it.
  ///   - credentials: the path for a file with the credentials of the storage.
  /// - Throws: ``Problem``.
  func description(_ configuration: PipelineConfiguration, credentials path: String)
    async throws(Problem) -> NodeDescription
  {
    let paths: [String]
    do throws(DeclaredFiles.Outside) {
      paths = try declared.paths(in: root)
    } catch {
      throw Problem(description: error.description)
    }
    var description = remote.description(work: root, configuration)
    description.work = nil
    description.node.destination = nil
    description.files = try await whileRunning {
      [storage, root, paths] () async throws(NodeStorageProblem) in
      try await storage.upload(paths, of: root)
    }
    description.outputs = .init(place: outputs, patterns: declared.node.outputs)
    description.results = results
    description.storage = storage.settings
    let credentials = try await whileRunning { [storage] () async throws(NodeStorageProblem) in
      try await storage.credentials()
    }
    guard !credentials.isEmpty else { return description }
    do throws(SystemError) {
      try EnvironmentFile.write(credentials, to: path)
    } catch {
      throw Problem(description: "'\(path)' cannot be written: \(error)")
    }
    description.storageCredentials = path
    return description
  }

  private func whileRunning<Value: Sendable>(
    _ body: @escaping @Sendable () async throws(NodeStorageProblem) -> Value
  ) async throws(Problem) -> Value {
    do throws(NodeStorageProblem) {
      if let value = try await control.unlessStopped(body) { return value }
    } catch {
      throw Problem(description: error.description)
    }
    throw Problem(description: "the run was stopped", isStop: true)
  }

  /// Reports what the node does while it runs, and brings its results to the folder of the attempt.
  ///
  /// - Parameter ended: returns when the program that runs the node has ended.
  /// - Returns: the value of `ended`, and why results are missing; nil if none are.
  func follow<Ended: Sendable>(
    until ended: @Sendable () async -> Ended
  ) async -> (ended: Ended, missing: String?) {
    let mirror = storage.mirror(results, into: remote.results)
    let warn: @Sendable (String) -> Void = { [report] in report(.warning($0)) }
    return await remote.follow(report) {
      let value = await withTaskGroup { group in
        group.addTask { await mirror.follow(warn) }
        let value = await ended()
        group.cancelAll()
        await group.waitForAll()
        return value
      }
      let patience = control.stopSignal == nil ? self.patience : min(self.patience, .seconds(10))
      let missing = await control.unlessKilled { () async throws(Never) in
        await mirror.finish(patience: patience, warn)
      }
      guard let missing else { return (value, "the run was stopped before they were fetched") }
      return (value, missing)
    }
  }

  /// Brings the outputs and the notebook back.
  ///
  /// - Parameters:
  ///   - outcome: how the node ended.
  ///   - missing: why results are missing.
  ///   - hasResult: whether the node has said how it ended.
  /// - Returns: how it ended, with what came back.
  func bringBack(_ outcome: NodeOutcome, missing: String?, hasResult: Bool) async -> NodeOutcome {
    var outcome = outcome
    func note(_ problem: String) {
      guard outcome.status == .succeeded else {
        report(.warning(problem))
        return
      }
      (outcome.status, outcome.message) = (.notWritten, problem)
    }
    if let missing {
      let problem = "its results in '\(results)' cannot be read: \(missing)"
      guard hasResult || outcome.status == .interrupted else {
        outcome = outcome.withoutResults(problem)
        // As far as it was fetched while the node ran; there is nothing else.
        if let problem = notebook?.putBack(from: remote, report) { note(problem) }
        return outcome
      }
      note(problem)
    }
    // The storage that is away is not waited for again for what is here.
    let hasKept = bringBackKept(note)
    if missing == nil || !hasKept, let problem = await fetchOutputs() { note(problem) }
    if let problem = notebook?.putBack(from: remote, report) { note(problem) }
    return outcome
  }

  /// Brings the outputs to their places that the node could not store, and that are here nevertheless.
  ///
  /// - Returns: whether there are any.
  private func bringBackKept(_ note: (String) -> Void) -> Bool {
    let kept = "\(remote.results)/\(NodeDescription.outputsName)"
    guard FilePath.linkTarget(kept) == nil, FilePath.isDirectory(kept),
      let real = FilePath.real(kept)
    else { return false }
    let folder = PipelinePath.joined(kept, PipelinePath.relative(declared.folder, to: root))
    do throws(TreeCopy.Failure) {
      for file in declared.node.outputs.flatMap({ NodeFiles.matches($0, in: folder) })
      where FilePath.real(file)?.hasPrefix(real + "/") == true {
        // A link there, which the node's code may have made, leads nowhere else.
        try TreeCopy.copy(file, to: root + file.dropFirst(kept.utf8.count))
      }
      report(.warning("its outputs are here nevertheless: they were taken from where it ran"))
    } catch {
      note("its outputs could not be brought back from where it ran: \(error)")
    }
    return true
  }

  private func fetchOutputs() async -> String? {
    let folder = PipelinePath.relative(declared.folder, to: root)
    let patterns = declared.node.outputs.compactMap {
      ExchangePattern($0, in: folder == "." ? "" : folder)
    }
    guard !patterns.isEmpty else { return nil }
    do throws(NodeStorageProblem) {
      let isFetched: Bool? = try await control.unlessKilled {
        [storage, outputs, root] () async throws(NodeStorageProblem) in
        try await storage.fetch(patterns, from: outputs, into: root)
        return true
      }
      return isFetched == nil ? "its outputs stay in '\(outputs)': the run was stopped" : nil
    } catch {
      return "its outputs could not be brought back from '\(outputs)': \(error)"
    }
  }
}

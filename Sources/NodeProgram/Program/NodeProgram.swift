import Glibc
import JSONCore
import KernelLauncher
import NodeResults
import NotebookDocument
import NotebookExecution
package import ObjectStorage
package import PipelineExecution
package import Pipelines
package import RunEvents
import SystemSupport

/// What `lyre node` does: fetches a node's files, runs it, brings back what it made, and says how it
/// ended, also when it failed.
package struct NodeProgram: Sendable {
  var description: NodeDescription
  let environment: [String: String]
  let stop: NodeStop
  /// The object storage; nil until it is known that its settings are valid.
  private(set) var objects: ObjectStore?
  /// Where Kubeflow Pipelines wants the node's artifacts; nil for another engine.
  package var executorInput: ExecutorInput?
  /// The URL of what the run may do with the object storage; nil if it has credentials.
  package var access: String?
  private let exitCode: @Sendable (NodeStatus, Int32?) -> Int32
  private let onEvent: @Sendable (RunEvent) -> Void
  let patience: ObjectStorageSettings

  /// Creates a program for a node.
  ///
  /// - Parameters:
  ///   - description: the node.
  ///   - environment: the variables that this program was started with.
  ///   - stop: stops it.
  ///   - exitCode: the exit code for a status, or for the signal that stopped the node.
  ///   - onEvent: called with every event, in order.
  ///   - patience: how often the storage is tried, and with what waits; the rest is the description's.
  package init(
    _ description: NodeDescription, environment: [String: String], stop: NodeStop,
    exitCode: @escaping @Sendable (NodeStatus, Int32?) -> Int32,
    onEvent: @escaping @Sendable (RunEvent) -> Void, patience: ObjectStorageSettings = .init()
  ) {
    self.patience = patience
    self.description = description
    self.environment = environment
    self.stop = stop
    self.exitCode = exitCode
    self.onEvent = onEvent
  }

  /// Runs the node to its end.
  ///
  /// - Returns: how it ended, which is written to its results too.
  /// - Throws: ``TransferProblem`` if the place for results cannot be used: nothing was run then.
  package func run() async throws(TransferProblem) -> NodeEnding {
    var prepared = self
    prepared.description = try withVariables()
    let grant = try await readGrant()
    if let grant { prepared.description.replace([StorageGrant.folderName: grant.folder]) }
    prepared.objects = try prepared.openObjects(grant)
    return try await prepared.runPrepared()
  }

  private mutating func runPrepared() async throws(TransferProblem) -> NodeEnding {
    let (results, upload) = try await openResults()
    results.tell(.nodeStarted(reason: nil))
    let result = await withTaskGroup { [self] group in
      group.addTask { await stop.watch() }
      if let upload { group.addTask { await upload.follow() } }
      let result = await run(description, results)
      group.cancelAll()
      return result
    }
    let ending = NodeEnding(
      subject: results.subject, result: result, exitCode: exitCode(result.status, stop.signal))
    do throws(SystemError) {
      try results.end(ending)
    } catch {
      throw TransferProblem(
        "'\(results.path)' cannot be written, and does not say that the node ended "
          + "(\(result.status.rawValue)): \(error)")
    }
    try await upload?.finish()
    return ending
  }

  /// The description with the variables of the file that it names.
  private func withVariables() throws(TransferProblem) -> NodeDescription {
    guard let path = description.node.environmentFile else { return description }
    do throws(SystemError) {
      var result = description
      result.node.environment.merge(try EnvironmentFile.take(path)) { $1 }
      return result
    } catch {
      var problem = TransferProblem(path, "read, and it has the node's variables", error)
      problem.isUsage = true
      throw problem
    }
  }

  private mutating func openResults() async throws(TransferProblem)
    -> (ResultsFolder, ResultsUpload?)
  {
    var upload: ResultsUpload?
    let path: String
    switch description.results {
    case .path(let folder): path = folder
    case .object:
      let folder = try temporaryFolder()
      upload = try await openUpload(of: folder)
      path = folder.path
    }
    do throws(SystemError) {
      let results = try ResultsFolder(
        path, subject: description.subject.runSubject, onEvent: onEvent)
      return (results, upload)
    } catch {
      throw error.number == EEXIST
        ? .used(description.results) : TransferProblem(path, "used for the results", error)
    }
  }

  private func run(
    _ description: NodeDescription, _ results: ResultsFolder
  ) async -> NodeResult {
    var work: WorkFolder?
    defer { work?.remove() }
    do throws(TransferProblem) {
      if let missing = missingKernel() { return description.result(.kernelNotStarted, missing) }
      let folder = try openWork()
      work = folder
      let node = DescribedNode(
        description, work: folder.path, results: results, environment: environment,
        control: stop.control)
      if let missing = node.missingProgram() { return description.result(.failed, missing) }
      try await fetchFiles(into: folder)
      try await fetchInputs(into: folder)
      guard FilePath.exists("\(folder.path)/\(description.node.file)") else {
        throw TransferProblem(
          "there is no file '\(description.node.file)' in '\(folder.path)', and it is what the node "
            + "runs; check node.file, and the files of the description")
      }
      var result = await node.run()
      if let problem = await bringBack(from: folder, result, results) {
        if result.status == .succeeded {
          result.status = .notWritten
          result.message = problem
        } else {
          results.warn(problem)
        }
      }
      await writeArtifacts(from: folder, result, results)
      return result
    } catch {
      return description.result(
        stop.signal == nil ? .failed : .interrupted, error.isStop ? nil : error.description)
    }
  }

  /// Why the notebook has no kernel here; nil if it has one, or that is not known yet.
  private func missingKernel() -> String? {
    guard description.node.kind == .notebook else { return nil }
    let node = description.node
    let fallback = node.kernelFallback.flatMap(KernelFallback.init) ?? .default
    do throws(KernelNotFound) {
      if let path = description.work.map({ "\($0)/\(node.file)" }), description.files.isEmpty,
        let bytes = try? NotebookFile(path).read(), let document = try? NotebookDocument(bytes)
      {
        _ = try KernelChoice(document, asked: nil, fallback: fallback)
      } else if node.kernel != nil || node.language != nil {
        _ = try KernelChoice(named: node.kernel, language: node.language, fallback: fallback)
      } else {
        do throws(KernelNotFound) {
          _ = try KernelSpecFinder().find("python3")
        } catch {
          // Another kernel may be the notebook's.
          if error.installed.isEmpty { throw error }
        }
      }
      return nil
    } catch {
      return
        "\(error) A kernel is needed where the node runs: choose an image that has it, or install "
        + "it there"
    }
  }
}

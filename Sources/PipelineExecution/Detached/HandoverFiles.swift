import Pipelines

/// The files of a run that Slurm has as a whole, and whose nodes exchange them through a storage.
///
/// Each node gets what this machine has of what it declares, and the outputs of the nodes before it
/// from a place that all nodes of the run share.
struct HandoverFiles: Sendable {
  private let storage: any NodeStorage
  private let handover: Handover
  /// The folder that the names in the storage are relative to.
  private let root: String
  /// The places in the graph of the nodes that run.
  private let running: Set<Int>
  /// The variables with the credentials of the storage; empty if it needs none.
  let credentials: [String: String]

  /// - Throws: ``DetachedProblem`` if there are no credentials.
  init(_ storage: any NodeStorage, _ handover: Handover) async throws(DetachedProblem) {
    self.storage = storage
    self.handover = handover
    let (runner, graph) = (handover.runner, handover.runner.graph)
    let project = runner.configuration.places.project
    // One for all: a node finds under a name what another one has left under it.
    root = graph.nodes.compactMap(\.file).map { file in
      NodeMounts.root(
        project: project, pipeline: runner.folder,
        node: PipelinePath.folder(PipelinePath.joined(runner.folder, file)))
    }.reduce(runner.folder, NodeMounts.common)
    running = Set(handover.plan.nodes.map(\.place))
    credentials = try await handover.unlessStopped { () async throws(NodeStorageProblem) in
      try await storage.credentials()
    }
  }

  /// Whether the credentials end at some time.
  var hasTemporaryCredentials: Bool { credentials["AWS_SESSION_TOKEN"] != nil }

  /// Sends the files of a node, and describes it.
  ///
  /// - Parameters:
  ///   - remote: the node.
  ///   - place: its place in the graph.
  ///   - path: the file for its credentials.
  /// - Throws: ``DetachedProblem``.
  func description(of remote: RemoteNode, at place: Int, credentials path: String)
    async throws(DetachedProblem) -> NodeDescription
  {
    let (runner, node) = (handover.runner, remote.task.node)
    let graph = runner.graph
    let before = graph.ancestors(of: [place])
    let paths: [String]
    do throws(DeclaredFiles.Outside) {
      // What nodes of this run make comes from them, and what others have made is here.
      paths = try DeclaredFiles(
        node, before: before.filter { !running.contains($0) }.map { graph.nodes[$0] },
        pipeline: runner.folder
      ).paths(in: root)
    } catch {
      throw DetachedProblem(.unusable, "'\(node.label)': \(error.description)")
    }
    var description = remote.description(work: root, runner.configuration)
    description.work = nil
    description.files = try await handover.unlessStopped {
      [storage, root] () async throws(NodeStorageProblem) in
      try await storage.upload(paths, of: root)
    }
    let made = before.filter { running.contains($0) }.flatMap { place in
      graph.nodes[place].outputs.map { pattern in
        relative(pattern, of: graph.nodes[place], to: node)
      }
    }
    if !node.dependencies.isEmpty || !made.isEmpty {
      var inputs = NodeDescription.Exchange(
        place: storage.exchange,
        patterns: node.dependencies.map { relative($0, of: node, to: node) },
        includesSubfolders: node.includesSubdirectories)
      inputs.optional = made
      description.inputs = inputs
    }
    if !node.outputs.isEmpty {
      description.outputs = .init(place: storage.exchange, patterns: node.outputs)
    }
    description.results = storage.place(for: remote.task.subject).appending("results")
    description.storage = storage.settings
    if !credentials.isEmpty { description.storageCredentials = path }
    return description
  }

  /// A pattern of a node as another one would write it: both are relative to the folders of their files.
  private func relative(_ pattern: String, of node: PipelineNode, to other: PipelineNode) -> String
  {
    func folder(_ node: PipelineNode) -> String {
      PipelinePath.folder(PipelinePath.joined(handover.runner.folder, node.file ?? ""))
    }
    return PipelinePath.relative(
      PipelinePath.joined(folder(node), pattern), to: folder(other))
  }
}

extension Handover {
  /// Does something with the storage before any job is submitted, and gives it up when the run is
  /// stopped.
  ///
  /// - Throws: ``DetachedProblem``.
  package func unlessStopped<Value: Sendable>(
    _ body: @escaping @Sendable () async throws(NodeStorageProblem) -> Value
  ) async throws(DetachedProblem) -> Value {
    do throws(NodeStorageProblem) {
      if let value = try await control.unlessStopped(body) { return value }
    } catch {
      throw DetachedProblem(.storage(isFinal: error.isFinal), error.description)
    }
    throw DetachedProblem(.stopped, "stopped before any job was submitted")
  }

  /// The problem of a run that was stopped before Slurm had all of it.
  static let stopped = DetachedProblem(.stopped, "stopped before all jobs were submitted")
}

import JSONCore
package import Pipelines

/// A pipeline for an engine that schedules by itself: its nodes as tasks, before they are written in
/// the engine's format.
package struct ExportPlan: Sendable {
  /// The name that users know the pipeline by.
  package let name: String
  /// Its name for engines: of lower-case letters, digits and dashes.
  package let engineName: String
  /// Its description, with the comments that are not attached to a node.
  package let documentation: String
  /// Its parameters.
  package let parameters: [PipelineParameter]
  /// The executable nodes, parents first, with super nodes replaced by their content.
  package let nodes: [ExportNode]
  /// The settings.
  package let settings: ExportSettings
  /// What may surprise, and what no engine can carry over.
  package internal(set) var findings: [Finding] = []

  /// Plans the export of a pipeline that is valid.
  ///
  /// - Parameters:
  ///   - pipeline: the pipeline.
  ///   - engine: the engine.
  ///   - name: the name that users know it by.
  ///   - settings: where its nodes find files, program and credentials.
  ///   - files: the access to files.
  /// - Throws: ``ExportProblem`` if its nodes have no order, or a file that it needs cannot be read.
  package init(
    _ pipeline: Pipeline, for engine: ExportEngine, name: String, settings: ExportSettings,
    files: some ExportFiles
  ) throws(ExportProblem) {
    let graph: PipelineGraph
    do throws(PipelineError) {
      graph = try PipelineGraph(pipeline)
    } catch {
      throw ExportProblem("\(error)")
    }
    var settings = settings
    settings.prefix = ExportPlan.cleaned(
      settings.prefix ?? pipeline.defaults["cos_object_prefix"]?.string)
    self.name = name
    self.settings = settings
    engineName = TaskNames.name(name, otherwise: "pipeline")
    parameters = pipeline.parameters
    let comments = NodeComments(pipeline, graph)
    documentation = comments.pipeline
    var names = TaskNames()
    let plan = NodePlan(
      engine: engine, places: ExportPlaces(name: name, settings: settings), graph: graph,
      parameters: parameters)
    var nodes: [ExportNode] = []
    for place in graph.nodes.indices {
      let node = graph.nodes[place]
      nodes.append(
        ExportNode(
          node: node, task: names.add(node.label), parents: Set(graph.parents[place]).sorted(),
          work: try plan.work(of: place, files),
          pod: PodSettings(node, settings: settings, pipeline: name),
          documentation: comments.nodes[node.id] ?? "",
          usesCache: plan.usesCache(node)))
    }
    self.nodes = nodes
    findings = SurpriseRules.findings(pipeline, graph)
  }

  private var places: ExportPlaces { ExportPlaces(name: name, settings: settings) }

  /// The key of an archive in the bucket.
  package func archiveKey(_ archive: NodeArchive) -> String { places.archiveKey(archive) }

  /// The names of the pipeline's parameters with which a run gets signed URLs.
  package struct AccessParameters: Sendable, Hashable {
    /// That for the list of all others.
    package var grant: String
    /// That for the program; nil if the nodes need none for it.
    package var program: String?
  }

  /// The parameters with which a run gets signed URLs; nil if it gets none.
  package var accessParameters: AccessParameters? {
    let hasFiles = nodes.contains { if case .file = $0.work { true } else { false } }
    guard settings.credentials == .grant, hasFiles else { return nil }
    func name(_ name: String) -> String {
      var name = name
      while parameters.contains(where: { $0.name == name }) { name += "_" }
      return name
    }
    var program: String?
    if case .download(let address, _) = settings.program, address.hasPrefix("s3://") {
      program = name("lyre_program")
    }
    return AccessParameters(grant: name("lyre_access"), program: program)
  }

  /// The place of a run's files, with ``ExportPlaces/run`` or ``ExportPlaces/folder`` in it.
  package var runPlace: FilesPlace { places.run }

  /// The place of the events, log and notebook of a node, in that of the run.
  package func results(of node: PipelineNode) -> FilesPlace { places.results(of: node) }

  /// The place of the archive with the outputs of a node for those behind it, in that of the run.
  package func outputs(of node: PipelineNode) -> FilesPlace { places.outputs(of: node) }

  /// A folder of the bucket without slashes around it; nil for the bucket itself.
  private static func cleaned(_ prefix: String?) -> String? {
    let parts = (prefix ?? "").split(separator: "/")
    return parts.isEmpty ? nil : parts.joined(separator: "/")
  }
}

import NotebookExecution
public import Pipelines
public import RunEvents
public import RunRecord
import SystemSupport

/// A run from the record, with everything that reports show.
public struct RecordedReport: Sendable {
  /// The pipeline's nodes and links at the time of the run.
  public var pipeline: Pipeline
  /// The graph of the same nodes and links.
  public var graph: PipelineGraph
  /// The result of the run.
  public var result: PipelineResult
  /// The name of the pipeline.
  public var name: String
}

extension PipelineHistory {
  /// Reads everything recorded about a run.
  ///
  /// - Throws: ``HistoryError`` when the record cannot be read.
  public func report(of run: RecordedRun) throws(HistoryError) -> RecordedReport {
    let recorded = try nodes(of: run.id)
    let (pipeline, graph) = try plan(of: run, recorded)
    let nodes = recorded.map { NodeResult($0) }
    let ends = nodes.compactMap { node in node.started.map { $0 + node.duration.totalNanoseconds } }
    let known = max(0, (ends.max() ?? run.started) - run.started)
    var result = PipelineResult(
      run: run.id, name: run.name, started: run.started,
      duration: run.duration ?? .nanoseconds(known), nodes: nodes, stopSignal: nil,
      criticalPath: NodeResult.criticalPath(nodes, parents: graph.parents))
    result.recordedStatus = run.status
    let file = PipelinePath.name(run.pipeline)
    let suffix = ".pipeline"
    let name =
      file.hasSuffix(suffix) && file != suffix ? String(file.dropLast(suffix.count)) : file
    return RecordedReport(pipeline: pipeline, graph: graph, result: result, name: name)
  }

  /// The nodes and links of a run; without links if an older version of this program recorded it.
  private func plan(of run: RecordedRun, _ nodes: [RecordedNode]) throws(HistoryError)
    -> (Pipeline, PipelineGraph)
  {
    if let name = run.plan, let (pipeline, graph) = PipelineHistory.read(try content(name)),
      graph.nodes.map(\.id) == nodes.map(\.id)
    {
      return (pipeline, graph)
    }
    let operations = ["ipynb": "execute-notebook-node", "py": "execute-python-node"]
    let bytes = PipelineHistory.plan(
      description: nil,
      nodes.map { node in
        .init(
          id: node.id, label: node.label, file: node.file, type: "execution_node",
          operation: node.file.flatMap { operations[PipelinePath.suffix($0)] }
            ?? "execute-script-node")
      })
    guard let (pipeline, graph) = PipelineHistory.read(bytes), graph.nodes.count == nodes.count
    else {
      throw HistoryError(description: "the nodes of run \(run.id) cannot be read from the record")
    }
    return (pipeline, graph)
  }

  private static func read(_ plan: [UInt8]) -> (Pipeline, PipelineGraph)? {
    guard let pipeline = try? PipelineDocument(plan).pipeline,
      let graph = try? PipelineGraph(pipeline)
    else { return nil }
    return (pipeline, graph)
  }
}

extension NodeResult {
  /// Creates the result of a node from its record.
  fileprivate init(_ node: RecordedNode) {
    self.init(place: node.place, id: node.id, label: node.label, file: node.file)
    // A node that was running when the whole program was killed was interrupted.
    status = NodeStatus(rawValue: node.status) ?? .interrupted
    message = node.status == "killed" ? "Lyre was killed while it ran" : node.message
    reason = node.reason
    attempts = node.attempts
    started = node.started
    duration = node.duration ?? .zero
    cells = node.cells
    log = node.log
    standardErrorTail = node.standardErrorTail
    cachedRun = node.cachedRun
    executed = node.executed
  }
}

extension RecordedNode {
  /// The results of a notebook's cells.
  public var cells: [CellResult] { CellResult.list(json: cellTexts) }
}

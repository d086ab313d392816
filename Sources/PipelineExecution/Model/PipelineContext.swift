import Pipelines
import RunEvents
import SystemSupport

/// The data about a run that all its parts share.
struct PipelineContext: Sendable {
  /// The nodes.
  let graph: PipelineGraph
  /// The pipeline's description.
  let pipelineDescription: String?
  /// The real path of the pipeline's file, which identifies its runs.
  let identity: String
  /// The folder that the pipeline's paths are relative to.
  let folder: String
  /// The name of the run: the pipeline's name and the start time.
  let runName: String
  let configuration: PipelineConfiguration
  let parameters: ParameterScope
  /// The subject of the run's events: the pipeline, and the run once it has a number.
  var subject: RunSubject
  /// Called with every event, in order for each node, on any thread.
  var report: @Sendable (RunEvent) -> Void

  /// Reports an event of the run or of a node.
  func tell(_ kind: RunEvent.Kind, of place: Int? = nil, attempt: Int? = nil) {
    report(RunEvent(kind, of: subject(of: place, attempt: attempt)))
  }

  /// The subject for events of the run or of a node.
  func subject(of place: Int?, attempt: Int? = nil) -> RunSubject {
    guard let place else { return subject }
    var subject = subject
    let node = graph.nodes[place]
    subject.node = NodeIdentity(place: place, id: node.id, label: node.label, attempt: attempt)
    return subject
  }

  /// The content of the event that starts the run.
  ///
  /// - Parameters:
  ///   - nodes: the results of the nodes before any has run.
  ///   - usualDurations: how long the nodes usually take, by place in the graph.
  func start(_ nodes: [NodeResult], usualDurations: [Int: Duration]) -> PipelineStart {
    PipelineStart(
      name: runName,
      nodes: nodes.map { node in
        PipelineStart.Node(
          id: node.id, label: node.label, file: node.file, isSkipped: node.status == .skipped,
          parents: graph.parents[node.place], usualDuration: usualDurations[node.place])
      }, jobs: configuration.jobs, keepsGoing: configuration.keepsGoing)
  }
}

import Pipelines
import RunEvents
import SystemSupport

/// A run of a pipeline as all its parts know it: what is run, and how.
struct PipelineContext: Sendable {
  /// The nodes.
  let graph: PipelineGraph
  /// What the pipeline says about itself.
  let pipelineDescription: String?
  /// The pipeline's file without links: what its runs are known by.
  let identity: String
  /// The folder that paths of the pipeline begin in.
  let folder: String
  /// What the run is called: the pipeline's name and when it was made.
  let runName: String
  let configuration: PipelineConfiguration
  let parameters: ParameterScope
  /// What the events of the run are about: the pipeline, and the run once it has a number.
  var subject: RunSubject
  /// Called with everything that happens, in order for each node, on any thread.
  var report: @Sendable (RunEvent) -> Void

  /// Tells what happened to the run, or to a node.
  func tell(_ kind: RunEvent.Kind, of place: Int? = nil, attempt: Int? = nil) {
    report(RunEvent(kind, of: subject(of: place, attempt: attempt), time: wallClockNanoseconds()))
  }

  /// The run, or a node of it.
  func subject(of place: Int?, attempt: Int? = nil) -> RunSubject {
    guard let place else { return subject }
    var subject = subject
    let node = graph.nodes[place]
    subject.node = NodeIdentity(place: place, id: node.id, label: node.label, attempt: attempt)
    return subject
  }

  /// What is known when the run begins.
  func start(_ nodes: [NodeResult]) -> PipelineStart {
    PipelineStart(
      name: runName,
      nodes: nodes.map { node in
        PipelineStart.Node(
          id: node.id, label: node.label, file: node.file, isSkipped: node.status == .skipped,
          parents: graph.parents[node.place])
      })
  }
}

import JSONCore
import Pipelines
import RunEvents

/// Something that runs nodes of some kind somewhere: on this machine, in a container, on a cluster.
///
/// What all nodes have in common is done around it, by ``NodeAttempt``: the check of inputs and
/// outputs, the variables, the log, and the record.
protocol NodeRunner: Sendable {
  /// Whether it runs nodes of this kind.
  func canRun(_ node: PipelineNode) -> Bool

  /// Runs a node to its end.
  ///
  /// - Parameters:
  ///   - task: the node with everything that it needs.
  ///   - control: the means to stop it; a runner heeds it until it returns.
  ///   - report: called with what happens, on any thread.
  /// - Returns: how it ended; nothing of it runs any more.
  func run(
    _ task: NodeTask, control: NodeControl, report: @escaping @Sendable (NodeReport) -> Void
  ) async -> NodeOutcome
}

/// One attempt to run a node, with everything that it needs.
struct NodeTask: Sendable {
  /// The node.
  var node: PipelineNode
  /// The notebook or script, absolute.
  var path: String
  /// The folder that it runs in.
  var workingDirectory: String
  /// The variables that this program was started with.
  var base: [String: String]
  /// The node's own variables, which win over those.
  var variables: [String: String]
  /// The values of its parameters.
  var parameters: JSONObject
  /// How long it may take; nil for no limit.
  var limit: Duration?
  /// Where the notebook that was run goes to; nil for results in place.
  var destination: String?
  /// Where everything that it writes goes to.
  var log: NodeLog
  /// What the events of the attempt are about.
  var subject: RunSubject

  /// All its variables.
  var environment: [String: String] { base.merging(variables) { $1 } }
}

/// What happens while a node runs.
enum NodeReport: Sendable {
  /// A script wrote lines: whole ones, each with its end.
  case lines(isStandardError: Bool, String)
  /// Something happened in the run of a notebook.
  case notebook(RunEvent)
  /// Something is not as it should be, and the node goes on.
  case warning(String)
}

import JSONCore
import Pipelines
import RunEvents

/// Runs nodes of some kind somewhere: on this machine, in a container, on a cluster.
///
/// ``NodeAttempt`` does the work that is the same for all nodes: it checks inputs and outputs, sets
/// the variables, and keeps the log.
protocol NodeRunner: Sendable {
  /// Whether it supports a node.
  func canRun(_ node: PipelineNode) -> Bool

  /// Runs a node to its end.
  ///
  /// - Parameters:
  ///   - task: the node with everything that it needs.
  ///   - control: stops the node; a runner must check it until it returns.
  ///   - report: called with events, on any thread.
  /// - Returns: how the node ended; none of its processes runs any more.
  func run(
    _ task: NodeTask, control: NodeControl, report: @escaping @Sendable (NodeReport) -> Void
  ) async -> NodeOutcome
}

/// One attempt to run a node, with all its settings.
struct NodeTask: Sendable {
  /// The node.
  var node: PipelineNode
  /// The absolute path of the notebook or script.
  var path: String
  /// The working directory.
  var workingDirectory: String
  /// The variables that this program was started with.
  var base: [String: String]
  /// The node's own variables, which take precedence.
  var variables: [String: String]
  /// The values of its parameters.
  var parameters: JSONObject
  /// The time limit; nil for none.
  var limit: Duration?
  /// The output path of the executed notebook; nil for results in place.
  var destination: String?
  /// The log of the node's output.
  var log: NodeLog
  /// The subject of the attempt's events.
  var subject: RunSubject

  /// All its variables.
  var environment: [String: String] { base.merging(variables) { $1 } }
}

/// An event of a running node.
enum NodeReport: Sendable {
  /// A script wrote complete lines, each with its line ending.
  case lines(isStandardError: Bool, String)
  /// An event of a notebook's run.
  case notebook(RunEvent)
  /// A problem that does not stop the node.
  case warning(String)
}

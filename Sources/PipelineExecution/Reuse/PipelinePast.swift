import Pipelines
import RunEvents
import RunRecord

/// The results of a pipeline's nodes in earlier runs, and the decisions based on them.
struct PipelinePast: Sendable {
  typealias Node = RecordedPast.Node
  typealias Last = RecordedPast.Last

  /// The nodes by place in the graph.
  var nodes: [Int: Node] = [:]
  /// The nodes in the last run by place in the graph.
  var last: [Int: Last] = [:]
  /// How long each node usually takes, by place in the graph.
  var usualDurations: [Int: Duration] = [:]

  /// Creates the past of a pipeline that has never run.
  init() {}

  /// Creates the past of a graph's nodes from the record.
  init(_ record: RecordedPast, _ graph: PipelineGraph) {
    for (place, node) in graph.nodes.enumerated() {
      nodes[place] = record.nodes[node.id]
      last[place] = record.last[node.id]
      usualDurations[place] = record.usualDurations[node.id]
    }
  }

  /// The nodes to run when resuming: without those that the last run skipped.
  func selection(_ selection: Set<Int>?, in graph: PipelineGraph) -> Set<Int>? {
    let skipped = last.filter { $0.value.status == NodeStatus.skipped.rawValue }.map(\.key)
    guard selection == nil, !skipped.isEmpty else { return selection }
    return Set(graph.nodes.indices).subtracting(skipped)
  }

  /// The results that a notebook's file may contain, from this node or from another one that runs
  /// it too.
  ///
  /// - Parameters:
  ///   - place: the node.
  ///   - siblings: for nodes with a shared notebook, all of these nodes.
  ///   - now: the outputs of nodes in the current run.
  func results(of place: Int, siblings: [Int: [Int]], now: [Int: Fingerprint] = [:]) -> Set<String>
  {
    Set((siblings[place] ?? [place]).compactMap { (now[$0] ?? nodes[$0]?.outputs)?.results })
  }

  /// Whether a node has to run.
  struct Verdict: Sendable {
    /// Why it runs; nil if that needs no explanation, and if it does not run.
    var reason: String?
    /// The run whose result is used instead.
    var reusedRun: Int64?
    /// A warning about the decision.
    var warning: String?
  }

  /// Decides whether a node has to run, and why.
  ///
  /// - Parameters:
  ///   - node: the node.
  ///   - place: its place in the graph.
  ///   - reuse: which results of earlier runs to use again.
  ///   - attempt: the number of the attempt, from 1.
  ///   - hashes: its inputs, and its earlier outputs if they are compared.
  ///   - known: the results that the notebook's file may contain; nil for any.
  ///   - parentThatRan: the label of a parent that ran in this run.
  func verdict(
    on node: PipelineNode, at place: Int, _ reuse: PipelineConfiguration.Reuse, attempt: Int,
    _ hashes: (inputs: Fingerprint, outputs: Fingerprint?), parentThatRan: String?,
    known: Set<String>?
  ) -> Verdict {
    guard attempt == 1 else { return Verdict() }
    let before = nodes[place]
    switch reuse {
    case .nothing: return Verdict()
    case .lastRun:
      let status = last[place].flatMap { NodeStatus(rawValue: $0.status) }
      if let parentThatRan { return Verdict(reason: "'\(parentThatRan)' ran again") }
      guard status?.isDone == true, let before else {
        return Verdict(
          reason: last[place] == nil ? "it never ran" : "it did not succeed in the last run")
      }
      let change = hashes.inputs.change(since: before.inputs)
      return Verdict(
        reusedRun: before.run,
        warning: change.map { "\($0) since it ran; --cached would run it again" })
    case .unchanged:
      guard let before else { return Verdict(reason: "it never ran") }
      guard before.status == NodeStatus.succeeded.rawValue else {
        return Verdict(reason: "it did not succeed the last time")
      }
      if node.disablesCaching == true { return Verdict(reason: "its caching is disabled") }
      let change =
        hashes.inputs.change(since: before.inputs)
        ?? hashes.outputs?.accepting(known).change(since: before.outputs.accepting(known))
      return Verdict(reason: change, reusedRun: change == nil ? before.run : nil)
    }
  }
}

import Pipelines
import RunEvents
import RunRecord

/// What is known of a pipeline's nodes from earlier runs, and what follows from it.
struct PipelinePast: Sendable {
  typealias Node = RecordedPast.Node
  typealias Last = RecordedPast.Last

  /// By the place in the graph.
  var nodes: [Int: Node] = [:]
  /// By the place in the graph.
  var last: [Int: Last] = [:]

  /// Nothing ran yet.
  init() {}

  /// What the record has of the nodes of a graph.
  init(_ record: RecordedPast, _ graph: PipelineGraph) {
    for (place, node) in graph.nodes.enumerated() {
      nodes[place] = record.nodes[node.id]
      last[place] = record.last[node.id]
    }
  }

  /// The nodes that a run goes on with: without those that the last run was not to run.
  func selection(_ selection: Set<Int>?, in graph: PipelineGraph) -> Set<Int>? {
    let skipped = last.filter { $0.value.status == NodeStatus.skipped.rawValue }.map(\.key)
    guard selection == nil, !skipped.isEmpty else { return selection }
    return Set(graph.nodes.indices).subtracting(skipped)
  }

  /// What the file of a notebook may hold, of this node or another one that runs it too.
  ///
  /// - Parameters:
  ///   - place: the node.
  ///   - siblings: for nodes whose notebook others run too, all of these.
  ///   - now: what nodes have made in the run that goes on.
  func results(of place: Int, siblings: [Int: [Int]], now: [Int: NodeInputs] = [:]) -> Set<String> {
    Set((siblings[place] ?? [place]).compactMap { (now[$0] ?? nodes[$0]?.outputs)?.results })
  }

  /// Whether a node has to run.
  struct Verdict: Sendable {
    /// Why it runs; nil where that goes without saying, and where it does not run.
    var reason: String?
    /// The run whose result is used instead.
    var reusedRun: Int64?
    /// What is to be said of it.
    var warning: String?
  }

  /// Whether a node has to run, and why.
  ///
  /// - Parameters:
  ///   - node: the node.
  ///   - place: its place in the graph.
  ///   - reuse: what is done with earlier results.
  ///   - attempt: from 1 on.
  ///   - hashes: what goes in, and what it made before, where that counts.
  ///   - known: what the file of a notebook may hold; nil for anything.
  ///   - parentThatRan: what a node is called that it needs, and that ran in this run.
  func verdict(
    on node: PipelineNode, at place: Int, _ reuse: PipelineConfiguration.Reuse, attempt: Int,
    _ hashes: (inputs: NodeInputs, outputs: NodeInputs?), parentThatRan: String?,
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

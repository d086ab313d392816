import Pipelines
import RunEvents
import RunRecord
import SystemSupport

/// What a run would do, determined without running anything.
public struct PipelinePlan: Sendable {
  /// The planned action for a node.
  public enum Action: String, Sendable, Hashable, CaseIterable {
    /// It would run.
    case run
    /// It would run if a node that it needs produces new outputs.
    case mayRun = "may_run"
    /// Its earlier result would be used.
    case unchanged
    /// It is not selected.
    case skipped
  }

  /// A node.
  public struct Node: Sendable {
    /// Its place in the pipeline's graph, from 0.
    public var place: Int
    /// Its id.
    public var id: String
    /// Its label.
    public var label: String
    /// The notebook or script.
    public var file: String?
    /// The planned action.
    public var action: Action
    /// Why; nil if that needs no explanation.
    public var reason: String?
    /// A warning about the node.
    public var warning: String?
    /// The run in which it last ran; nil if it never ran.
    public var lastRun: Int64?
    /// How it ended then, as a ``NodeStatus`` or `killed`.
    public var lastStatus: String?
    /// When it began then, in nanoseconds since 1970-01-01 00:00 UTC.
    public var lastStarted: Int64?
    /// How long it took then.
    public var lastDuration: Duration?
  }

  /// The nodes, parents first.
  public var nodes: [Node]

  /// The active run of the pipeline; nil if there is none.
  public var goingOn: Int64?

  /// Whether any node would run.
  public var hasWork: Bool { nodes.contains { $0.action == .run || $0.action == .mayRun } }

  /// The number of nodes with an action.
  public func count(_ action: Action) -> Int { nodes.count { $0.action == action } }
}

extension PipelineRunner {
  /// The run was stopped while files were being compared.
  public struct Stopped: Error, Sendable {}

  /// Determines what a run would do.
  ///
  /// It runs, locks and writes nothing.
  ///
  /// - Returns: the planned action for each node.
  /// - Throws: ``NodeSelection/Unknown``, ``HistoryError``, and ``Stopped`` when the control stops
  ///   it.
  public func plan() async throws -> PipelinePlan {
    let selection = try configuration.selection.places(in: graph)
    let past = try history.map { PipelinePast(try $0.past(of: identity), graph) } ?? PipelinePast()
    let selected =
      configuration.reuse == .lastRun ? past.selection(selection, in: graph) : selection
    let last = try history?.runs(of: identity, limit: 1).first
    var digests: [Int: String] = [:]
    for (place, node) in graph.nodes.enumerated() {
      digests[place] = await images.localDigest(of: node)
    }
    let planner = PipelinePlanner(self, past: past, selected: selected, digests: digests)
    let nodes = await onOwnThread { [planner] in
      var planner = planner
      return planner.nodes()
    }
    guard let nodes else { throw Stopped() }
    return PipelinePlan(nodes: nodes, goingOn: last?.status == "running" ? last?.id : nil)
  }
}

/// Visits the nodes of a pipeline as a run would.
private struct PipelinePlanner: Sendable {
  let runner: PipelineRunner
  let past: PipelinePast
  let selected: Set<Int>?
  let hasher: NodeHasher
  /// The digests of the images of nodes that run in containers.
  let digests: [Int: String]
  private let siblings: [Int: [Int]]
  private var actions: [PipelinePlan.Action] = []
  /// Outputs of nodes that may run, relative to the pipeline's folder: their content is unknown.
  private var unsettled: Set<String> = []

  init(
    _ runner: PipelineRunner, past: PipelinePast, selected: Set<Int>?, digests: [Int: String]
  ) {
    self.runner = runner
    self.digests = digests
    self.past = past
    self.selected = selected
    siblings = RunSession.siblings(in: runner.graph, runner.folder)
    hasher = NodeHasher(
      folder: runner.folder, configuration: runner.configuration, scope: runner.context.parameters,
      files: runner.history?.fileHashes ?? FileHashes(), history: runner.history,
      nodes: runner.graph.nodes)
  }

  /// Plans all nodes; nil when the run was stopped.
  mutating func nodes() -> [PipelinePlan.Node]? {
    var result: [PipelinePlan.Node] = []
    for (place, node) in runner.graph.nodes.enumerated() {
      guard let verdict = try? verdict(on: node, at: place) else { return nil }
      actions.append(verdict.action)
      if verdict.action == .run || verdict.action == .mayRun { unsettle(node, at: place) }
      let before = past.nodes[place]
      result.append(
        PipelinePlan.Node(
          place: place, id: node.id, label: node.label, file: node.file, action: verdict.action,
          reason: verdict.reason, warning: verdict.warning, lastRun: before?.run,
          lastStatus: before?.status, lastStarted: before?.started,
          lastDuration: before.map { .seconds($0.duration) }))
    }
    return result
  }

  private mutating func unsettle(_ node: PipelineNode, at place: Int) {
    let folder = PipelinePath.folder(PipelinePath.joined(runner.folder, node.file ?? ""))
    for output in node.outputs {
      unsettled.insert(
        PipelinePath.relative(PipelinePath.joined(folder, output), to: runner.folder))
    }
    for name in past.nodes[place]?.outputs.parts.keys.map({ $0 }) ?? []
    where name.hasPrefix("output ") {
      unsettled.insert(String(name.dropFirst("output ".count)))
    }
  }

  private func verdict(on node: PipelineNode, at place: Int) throws(HashingWatch.Stopped)
    -> (action: PipelinePlan.Action, reason: String?, warning: String?)
  {
    if let selected, !selected.contains(place) { return (.skipped, nil, nil) }
    let reuse = runner.configuration.reuse
    if reuse == .nothing { return (.run, nil, nil) }
    let parents = runner.graph.parents[place]
    let running = parents.filter { actions[$0] == .run || actions[$0] == .mayRun }
    var hashes = try hashes(of: node, at: place)
    hashes.inputs = settled(hashes.inputs, at: place, running)
    let verdict = past.verdict(
      on: node, at: place, reuse, attempt: 1, hashes,
      parentThatRan: running.first.map { runner.graph.nodes[$0].label },
      known: runner.configuration.destinations[place] == nil
        ? past.results(of: place, siblings: siblings) : nil)
    if verdict.reusedRun == nil {
      let isFollower = reuse == .lastRun && !running.isEmpty
      let reason =
        isFollower
        ? "'\(runner.graph.nodes[running[0]].label)' would run again" : verdict.reason
      return (.run, reason, verdict.warning)
    }
    guard reuse == .unchanged, let first = running.first else {
      return (.unchanged, nil, verdict.warning)
    }
    // A node without declared outputs is assumed to produce something new whenever it runs.
    let certain = running.first {
      actions[$0] == .run && runner.graph.nodes[$0].outputs.isEmpty
    }
    if let certain { return (.run, "'\(runner.graph.nodes[certain].label)' would run again", nil) }
    return (.mayRun, "if '\(runner.graph.nodes[first].label)' produces new outputs", nil)
  }

  private func hashes(of node: PipelineNode, at place: Int) throws(HashingWatch.Stopped)
    -> (inputs: Fingerprint, outputs: Fingerprint?)
  {
    let (control, context) = (runner.control, runner.context)
    let hasher = hasher.watched(
      by: HashingWatch(
        isStopped: { control.stopSignal != nil },
        report: { context.tell(.nodeComparing($0), of: place) })
    ).inImage(digests[place])
    let parents = runner.graph.parents[place].map { parent in
      (label: runner.graph.nodes[parent].label, token: past.nodes[parent]?.token ?? "unknown")
    }
    let inputs = try hasher.inputs(of: node, parents: parents)
    let wantsOutputs =
      runner.configuration.reuse == .unchanged
      && past.nodes[place]?.status == NodeStatus.succeeded.rawValue
    return (inputs, wantsOutputs ? try hasher.outputs(of: node) : nil)
  }

  /// Replaces inputs that are not known yet by their earlier hashes.
  private func settled(_ inputs: Fingerprint, at place: Int, _ running: [Int]) -> Fingerprint {
    guard let before = past.nodes[place]?.inputs else { return inputs }
    var inputs = inputs
    let names =
      running.map { "after \(runner.graph.nodes[$0].label)" }
      + Set(inputs.parts.keys).union(before.parts.keys).filter {
        $0.hasPrefix("file ") && unsettled.contains(String($0.dropFirst("file ".count)))
      }
    for name in names { inputs.parts[name] = before.parts[name] }
    return inputs
  }
}

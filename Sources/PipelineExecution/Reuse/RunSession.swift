import NotebookDocument
import NotebookExecution
import Pipelines
import RunEvents
import RunRecord
import Synchronization
import SystemSupport

/// What one run of a pipeline has to do with those before it: which results are used again, and what
/// is kept for the next one.
final class RunSession: Sendable {
  /// What is to be done with a node.
  enum Decision: Sendable {
    case reuse(run: Int64, ExecutedNotebook?)
    case run(reason: String?, NodeInputs)
    /// The run was stopped while the node's files were compared.
    case stopped
  }

  private struct State {
    /// What tells apart the results of nodes that are done.
    var tokens: [Int: String] = [:]
    var inputs: [Int: NodeInputs] = [:]
    var outputs: [Int: NodeInputs] = [:]
    /// Nodes that ran in this run.
    var ran: Set<Int> = []
  }

  /// The nodes that are run; nil for all.
  let selection: Set<Int>?
  /// How long each node took before, in seconds.
  let weights: [Double]

  let graph: PipelineGraph
  let configuration: PipelineConfiguration
  let history: PipelineHistory
  let entry: RunEntry
  let hasher: NodeHasher
  let past: PipelinePast
  /// The run as its parts know it, with its number, and recorded.
  let context: PipelineContext
  private let state = Mutex(State())
  /// For nodes whose notebook other nodes run too, all of these.
  private let siblings: [Int: [Int]]

  init(
    _ entry: RunEntry, in history: PipelineHistory, past: PipelinePast, selection: Set<Int>?,
    _ context: PipelineContext
  ) {
    self.entry = entry
    self.history = history
    self.past = past
    self.selection = selection
    graph = context.graph
    configuration = context.configuration
    var context = context
    context.subject.run = .number(entry.run)
    context.report = { [events = entry.events, report = context.report] event in
      events.write(event)
      report(event)
    }
    self.context = context
    let known = past.nodes.values.map(\.duration).filter { $0 > 0 }
    let usual = known.isEmpty ? 1 : known.reduce(0, +) / Double(known.count)
    weights = graph.nodes.indices.map { past.nodes[$0].map(\.duration) ?? usual }
    hasher = NodeHasher(
      folder: context.folder, configuration: configuration, scope: context.parameters,
      files: entry.fileHashes, history: history, nodes: graph.nodes)
    siblings = RunSession.siblings(in: graph, context.folder)
  }

  /// The number of the run.
  var run: Int64 { entry.run }

  func warn(_ message: String) { context.tell(.warning(RunWarning(message))) }

  /// The file for everything that a node writes.
  func log(for place: Int) -> String { entry.log(of: place, label: graph.nodes[place].label) }

  /// Whether a node has to run, and why.
  ///
  /// One that has to is written down as started, so that this is known even when this program is
  /// killed.
  func decide(_ place: Int, attempt: Int, log: String?, _ control: NodeControl) async
    -> Decision
  {
    let node = graph.nodes[place]
    let parents = state.withLock { state in
      graph.parents[place].map { parent in
        (
          label: graph.nodes[parent].label,
          token: state.tokens[parent] ?? past.nodes[parent]?.token ?? "unknown"
        )
      }
    }
    let before = past.nodes[place]
    let parentThatRan = state.withLock { state in
      graph.parents[place].first { state.ran.contains($0) }
    }
    let reuse = configuration.reuse
    let wantsOutputs =
      reuse == .unchanged && attempt == 1 && before?.status == NodeStatus.succeeded.rawValue
    let hasher = watched(place, control)
    let hashes = await onOwnThread { () -> (inputs: NodeInputs, outputs: NodeInputs?)? in
      guard let inputs = try? hasher.inputs(of: node, parents: parents) else { return nil }
      guard wantsOutputs else { return (inputs, nil) }
      guard let outputs = try? hasher.outputs(of: node) else { return nil }
      return (inputs, outputs)
    }
    guard let hashes else { return .stopped }
    var verdict = past.verdict(
      on: node, at: place, reuse, attempt: attempt, hashes,
      parentThatRan: parentThatRan.map { graph.nodes[$0].label },
      known: configuration.destinations[place] == nil
        ? past.results(of: place, siblings: siblings, now: state.withLock { $0.outputs }) : nil)
    if let warning = verdict.warning { warn("\(node.label): \(warning)") }
    if verdict.reusedRun != nil, let why = await putResult(of: before, at: place) {
      verdict = PipelinePast.Verdict(reason: why)
    }
    if let run = verdict.reusedRun, let before {
      state.withLock { state in
        state.tokens[place] = before.token
        state.inputs[place] = before.inputs
        state.outputs[place] = before.outputs
      }
      return .reuse(run: run, before.executed.map { .recorded($0) })
    }
    state.withLock { state in
      state.ran.insert(place)
      state.inputs[place] = hashes.inputs
    }
    // What it builds on is in the record before it begins: a crash then takes nothing back.
    if !entry.hasWritten(graph.parents[place]) { await onOwnThread { [entry] in entry.flush() } }
    entry.begins(place, log: log)
    return .run(reason: verdict.reason, hashes.inputs)
  }

  /// The hasher for a node, which ends with the node and reports when it takes long.
  private func watched(_ place: Int, _ control: NodeControl) -> NodeHasher {
    hasher.watched(
      by: HashingWatch(
        isStopped: { control.stopSignal != nil },
        report: { [context] in context.tell(.nodeComparing($0), of: place) }))
  }

  /// A node has run well: remembers what it made.
  func succeeded(
    _ place: Int, _ inputs: NodeInputs, executed: NotebookDocument?, _ control: NodeControl
  ) async {
    let node = graph.nodes[place]
    let hasher = watched(place, control)
    let elsewhere = configuration.destinations[place] == nil ? nil : executed
    // Of a run that was stopped here nobody knows what the node made.
    let outputs =
      node.outputs.isEmpty && node.kind != .notebook
      ? NodeInputs()
      : await onOwnThread { try? hasher.outputs(of: node, executed: elsewhere) }
        ?? NodeInputs.unknown
    // Without declared outputs nobody knows either: something new with every run.
    let token =
      node.outputs.isEmpty || outputs.isIncomparable ? "run \(run)" : outputs.withoutResults.json
    state.withLock { state in
      state.tokens[place] = token
      state.inputs[place] = inputs
      state.outputs[place] = outputs
    }
  }

  /// A notebook has not run well: remembers what it left in its file, where other nodes run the
  /// same one.
  func failed(_ place: Int, executed: NotebookDocument?) async {
    guard executed != nil, configuration.destinations[place] == nil, siblings[place] != nil else {
      return
    }
    let node = graph.nodes[place]
    let outputs = await onOwnThread { [hasher] in try? hasher.outputs(of: node) }
    state.withLock { $0.outputs[place] = outputs }
  }

  /// Writes down how a node ended.
  func ended(_ node: NodeResult) {
    var end = EndedNode(place: node.place, status: node.status.rawValue)
    (end.inputs, end.outputs, end.token) = state.withLock { state in
      (state.inputs[node.place], state.outputs[node.place], state.tokens[node.place])
    }
    end.message = node.message
    end.reason = node.reason
    end.attempts = node.attempts
    end.started = node.started
    end.duration = node.duration
    end.log = node.status == .cached ? nil : node.log
    end.cachedRun = node.cachedRun
    end.cellTexts = CellResult.json(of: node.cells)
    end.executed = node.executed
    end.standardErrorTail = node.standardErrorTail
    entry.ended(end)
  }

  /// Nothing more is told of the run: finishes its event log.
  func close() async { await onOwnThread { [entry] in entry.close() } }

  /// Writes down how the run ended.
  func finish(_ result: PipelineResult) async {
    let status =
      result.stopSignal != nil ? "interrupted" : result.isSuccess ? "succeeded" : "failed"
    await onOwnThread { [entry] in entry.finish(status, duration: result.duration) }
  }
}

extension PipelineContext {
  /// Begins the record of a run; the caller sees to it that no other run of the pipeline goes on.
  func begin(_ history: PipelineHistory, selection: Set<Int>?) async throws(HistoryError)
    -> RunSession
  {
    let begun = await onOwnThread { () -> Result<RunSession, HistoryError> in
      Result { () throws(HistoryError) in
        try history.settle(identity)
        let past = PipelinePast(try history.past(of: identity), graph)
        let selection =
          configuration.reuse == .lastRun ? past.selection(selection, in: graph) : selection
        let entry = try history.begin(
          identity, name: runName,
          nodes: graph.nodes.enumerated().map { place, node in
            NewNode(
              id: node.id, label: node.label, file: node.file,
              isSelected: selection.map { $0.contains(place) } ?? true)
          }, plan: plan, warn: { tell(.warning(RunWarning($0))) })
        return RunSession(entry, in: history, past: past, selection: selection, self)
      }
    }
    return try begun.get()
  }
}

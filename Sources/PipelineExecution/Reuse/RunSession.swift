import NotebookDocument
import NotebookExecution
import Pipelines
import RunEvents
import RunRecord
import Synchronization
import SystemSupport

/// One run of a pipeline in relation to earlier ones: which results are used again, and what is
/// recorded for the next one.
final class RunSession: Sendable {
  /// The decision about a node.
  enum Decision: Sendable {
    case reuse(run: Int64, ExecutedNotebook?)
    case run(reason: String?, Fingerprint)
    /// The run was stopped while the node's files were being compared.
    case stopped
  }

  private struct State {
    /// Tokens that identify the results of finished nodes.
    var tokens: [Int: String] = [:]
    var inputs: [Int: Fingerprint] = [:]
    var outputs: [Int: Fingerprint] = [:]
    /// The nodes that ran in this run.
    var ran: Set<Int> = []
  }

  /// The nodes to run; nil for all.
  let selection: Set<Int>?
  /// The usual durations of the nodes, in seconds.
  let weights: [Double]

  let graph: PipelineGraph
  let configuration: PipelineConfiguration
  let history: PipelineHistory
  let entry: RunEntry
  let hasher: NodeHasher
  let past: PipelinePast
  private let images: NodeImages
  /// The shared data of the run, with its number and a report function that also records events.
  let context: PipelineContext
  private let state = Mutex(State())
  /// For each node that shares its notebook with others, all nodes of that notebook.
  private let siblings: [Int: [Int]]

  init(
    _ entry: RunEntry, in history: PipelineHistory, past: PipelinePast, selection: Set<Int>?,
    images: NodeImages, _ context: PipelineContext
  ) {
    self.entry = entry
    self.images = images
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
    let known = past.usualDurations.mapValues(\.totalSeconds)
    let mean = known.isEmpty ? 1 : known.values.reduce(0, +) / Double(known.count)
    weights = graph.nodes.indices.map { known[$0] ?? mean }
    hasher = NodeHasher(
      folder: context.folder, configuration: configuration, scope: context.parameters,
      files: entry.fileHashes, history: history, nodes: graph.nodes)
    siblings = RunSession.siblings(in: graph, context.folder)
  }

  /// The number of the run.
  var run: Int64 { entry.run }

  func warn(_ message: String) { context.tell(.warning(RunWarning(message))) }

  /// The log file of a node's output.
  func log(for place: Int) -> String { entry.log(of: place, label: graph.nodes[place].label) }

  /// Decides whether a node has to run, and why.
  ///
  /// A node that has to run is recorded as started, so that the record shows it even if this
  /// program is killed.
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
    let hasher = watched(place, control).inImage(
      await images.digest(of: node, control) { [context] message in
        context.tell(.warning(RunWarning(message)), of: place)
      })
    let hashes = await onOwnThread { () -> (inputs: Fingerprint, outputs: Fingerprint?)? in
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
    // The results that it depends on are on disk before it begins, so that a crash does not lose
    // them.
    if !entry.hasWritten(graph.parents[place]) { await onOwnThread { [entry] in entry.flush() } }
    entry.begins(place, log: log)
    return .run(reason: verdict.reason, hashes.inputs)
  }

  /// The hasher for a node, which stops with the node and reports when it takes long.
  private func watched(_ place: Int, _ control: NodeControl) -> NodeHasher {
    hasher.watched(
      by: HashingWatch(
        isStopped: { control.stopSignal != nil },
        report: { [context] in context.tell(.nodeComparing($0), of: place) }))
  }

  /// Records the outputs of a node that succeeded.
  func succeeded(
    _ place: Int, _ inputs: Fingerprint, executed: NotebookDocument?, _ control: NodeControl
  ) async {
    let node = graph.nodes[place]
    let hasher = watched(place, control)
    let elsewhere = configuration.destinations[place] == nil ? nil : executed
    // If the run was stopped here, the outputs are unknown.
    let outputs =
      node.outputs.isEmpty && node.kind != .notebook
      ? Fingerprint()
      : await onOwnThread { try? hasher.outputs(of: node, executed: elsewhere) }
        ?? Fingerprint.unknown
    // Without declared outputs they are unknown too: assume new ones in every run.
    let token =
      node.outputs.isEmpty || outputs.isIncomparable ? "run \(run)" : outputs.withoutResults.json
    state.withLock { state in
      state.tokens[place] = token
      state.inputs[place] = inputs
      state.outputs[place] = outputs
    }
  }

  /// Records the outputs in the file of a notebook that failed, if other nodes run the same one.
  func failed(_ place: Int, executed: NotebookDocument?) async {
    guard executed != nil, configuration.destinations[place] == nil, siblings[place] != nil else {
      return
    }
    let node = graph.nodes[place]
    let outputs = await onOwnThread { [hasher] in try? hasher.outputs(of: node) }
    state.withLock { $0.outputs[place] = outputs }
  }

  /// Records how a node ended.
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

  /// Finishes the run's event log; no events may follow.
  func close() async { await onOwnThread { [entry] in entry.close() } }

  /// Records how the run ended.
  func finish(_ result: PipelineResult) async {
    let status =
      result.stopSignal != nil ? "interrupted" : result.isSuccess ? "succeeded" : "failed"
    await onOwnThread { [entry] in entry.finish(status, duration: result.duration) }
  }
}

extension PipelineContext {
  /// Begins the record of a run; the caller ensures that no other run of the pipeline is active.
  func begin(_ history: PipelineHistory, selection: Set<Int>?, images: NodeImages)
    async throws(HistoryError) -> RunSession
  {
    try await onOwnThread { () throws(HistoryError) -> RunSession in
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
      return RunSession(
        entry, in: history, past: past, selection: selection, images: images, self)
    }
  }
}

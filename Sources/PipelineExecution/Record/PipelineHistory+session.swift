import GRDB
import Glibc
import JSONCore
import NotebookDocument
import NotebookExecution
import Pipelines
import RunEvents
import Synchronization
import SystemSupport

extension PipelineHistory {
  /// How many runs of a pipeline are kept.
  static let keptRuns = 100

  /// The record of one run while it goes on.
  final class Session: Sendable {
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
      var failure: String?
    }

    /// Its number.
    let run: Int64
    /// The nodes that are run; nil for all.
    let selection: Set<Int>?
    /// How long each node took before, in seconds.
    let weights: [Double]

    let graph: PipelineGraph
    let configuration: PipelineConfiguration
    let history: PipelineHistory
    let hasher: NodeHasher
    let past: PipelinePast
    private let context: PipelineContext
    let warn: @Sendable (String) -> Void
    private let state = Mutex(State())
    /// For nodes whose notebook other nodes run too, all of these.
    private let siblings: [Int: [Int]]

    init(
      run: Int64, selection: Set<Int>?, runner: PipelineContext, history: PipelineHistory,
      past: PipelinePast
    ) {
      self.run = run
      self.selection = selection
      graph = runner.graph
      configuration = runner.configuration
      self.history = history
      self.past = past
      let known = past.nodes.values.map(\.duration).filter { $0 > 0 }
      let usual = known.isEmpty ? 1 : known.reduce(0, +) / Double(known.count)
      weights = runner.graph.nodes.indices.map { past.nodes[$0].map(\.duration) ?? usual }
      hasher = NodeHasher(
        folder: runner.folder, configuration: runner.configuration, scope: runner.parameters,
        files: FileHashes(reader: history.reader, writer: history.writer), history: history,
        nodes: runner.graph.nodes)
      siblings = Session.siblings(in: graph, runner.folder)
      var context = runner
      context.subject.run = .number(run)
      self.context = context
      warn = { [context] in context.tell(.warning(RunWarning($0))) }
    }

    /// The file for everything that a node writes.
    func log(for place: Int) -> String {
      let safe = String(
        graph.nodes[place].label.map { character in
          character.isASCII
            && (character.isLetter || character.isNumber || "-_.".contains(character))
            ? character : "_"
        }.prefix(60))
      return "\(history.directory)/logs/\(run)/\(place + 1)-\(safe).log"
    }

    /// Whether a node has to run, and why.
    ///
    /// One that has to is written down as running, with its log, which so is found even when this
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
      await write(
        "UPDATE nodes SET status = 'running', started = ?, log = ? WHERE run = ? AND place = ?",
        [wallClockNanoseconds(), log, run, place])
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
    func ended(_ node: NodeResult) async {
      let (inputs, outputs, token) = state.withLock { state in
        (state.inputs[node.place], state.outputs[node.place], state.tokens[node.place])
      }
      await write(
        """
        UPDATE nodes SET status = ?, message = ?, reason = ?, attempts = ?, started = ?,
          duration = ?, log = ?, inputs = ?, outputs = ?, token = ?, cached_run = ?, cells = ?,
          executed = ?, errors = ?
        WHERE run = ? AND place = ?
        """,
        [
          node.status.rawValue, node.message, node.reason, node.attempts, node.started,
          node.duration.nanoseconds, node.status == .cached ? nil : node.log, inputs?.json,
          outputs?.json, token, node.cachedRun, CellResult.json(of: node.cells),
          node.executed, node.standardErrorTail.isEmpty ? nil : node.standardErrorTail, run,
          node.place,
        ])
    }

    /// Writes down how the run ended.
    func finish(_ result: PipelineResult) async {
      let status =
        result.stopSignal != nil ? "interrupted" : result.isSuccess ? "succeeded" : "failed"
      await write(
        "UPDATE runs SET status = ?, duration = ? WHERE id = ?",
        [status, result.duration.nanoseconds, run])
    }

    /// Writes to the record; when that fails the run goes on, and it is said once.
    func write(_ sql: String, _ arguments: StatementArguments) async {
      do {
        try await history.writer?.write { try $0.execute(sql: sql, arguments: arguments) }
      } catch {
        let isFirst = state.withLock { state in
          defer { state.failure = "\(error)" }
          return state.failure == nil
        }
        if isFirst {
          warn("the record of runs cannot be written: \(PipelineHistory.text(error))")
        }
      }
    }
  }

  /// Begins the record of a run; the caller sees to it that no other run of the pipeline goes on.
  func begin(_ runner: PipelineContext, selection: Set<Int>?) async throws(HistoryError) -> Session
  {
    do {
      let pipeline = runner.identity
      let name = runner.runName
      let reuse = runner.configuration.reuse
      let graph = runner.graph
      guard let writer else { throw HistoryError(description: "it is only read") }
      let (run, selection, past, old) = try await writer.write { database in
        try PipelineHistory.markKilled(pipeline, database)
        let past = try PipelinePast(of: pipeline, graph, database)
        let selection = reuse == .lastRun ? past.selection(selection, in: graph) : selection
        try database.execute(
          sql: """
            INSERT INTO runs (pipeline, name, process, started, status)
            VALUES (?, ?, ?, ?, 'running')
            """, arguments: [pipeline, name, getpid(), wallClockNanoseconds()])
        let run = database.lastInsertedRowID
        let insert = try database.makeStatement(
          sql: "INSERT INTO nodes (run, place, node, label, file, status) VALUES (?, ?, ?, ?, ?, ?)"
        )
        for (place, node) in graph.nodes.enumerated() {
          let isSelected = selection.map { $0.contains(place) } ?? true
          try insert.execute(arguments: [
            run, place, node.id, node.label, node.file, isSelected ? "waiting" : "skipped",
          ])
        }
        let old = try PipelineHistory.removeOldRuns(of: pipeline, database)
        return (run, selection, past, old)
      }
      NodeFiles.makeDirectory("\(directory)/logs/\(run)")
      for run in old { PipelineHistory.removeLogs("\(directory)/logs/\(run)") }
      let session = Session(
        run: run, selection: selection, runner: runner, history: self, past: past)
      await session.keepPlan(runner.plan, afterRemovingRuns: !old.isEmpty)
      return session
    } catch {
      throw HistoryError(
        description: "the record of runs in '\(directory)' cannot be written: "
          + "\(PipelineHistory.text(error)); use --state DIR to keep it elsewhere")
    }
  }

  /// Runs that seem to go on, and do not, for the pipeline is ours now.
  private static func markKilled(_ pipeline: String, _ database: Database) throws {
    try database.execute(
      sql: """
        UPDATE nodes SET status = CASE status WHEN 'running' THEN 'killed' ELSE 'not_run' END
        WHERE status IN ('running', 'waiting')
          AND run IN (SELECT id FROM runs WHERE pipeline = ?1 AND status = 'running')
        """, arguments: [pipeline])
    try database.execute(
      sql: "UPDATE runs SET status = 'killed' WHERE pipeline = ? AND status = 'running'",
      arguments: [pipeline])
  }

  /// Forgets runs beyond the last hundred that no node's last result comes from.
  private static func removeOldRuns(of pipeline: String, _ database: Database) throws -> [Int64] {
    let old = try Int64.fetchAll(
      database,
      sql: """
        SELECT id FROM runs WHERE pipeline = ?1
          AND id NOT IN (SELECT id FROM runs WHERE pipeline = ?1 ORDER BY id DESC LIMIT ?2)
          AND id NOT IN (SELECT MAX(nodes.run) FROM nodes JOIN runs ON runs.id = nodes.run
            WHERE runs.pipeline = ?1 AND nodes.status NOT IN
              ('cached', 'blocked', 'skipped', 'not_run', 'waiting', 'running')
            GROUP BY nodes.node)
        """, arguments: [pipeline, keptRuns])
    for run in old {
      try database.execute(sql: "DELETE FROM runs WHERE id = ?", arguments: [run])
    }
    return old
  }

  private static func removeLogs(_ directory: String) {
    for file in NodeFiles.files(below: directory) { unlink(file) }
    rmdir(directory)
  }
}

extension Duration {
  /// In nanoseconds.
  var nanoseconds: Int64 {
    components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
  }
}

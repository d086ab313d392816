import GRDB
import Glibc
import JSONCore
import Pipelines
import Synchronization

extension PipelineHistory {
  /// How many runs of a pipeline are kept.
  static let keptRuns = 100

  /// The record of one run while it goes on.
  final class Session: Sendable {
    /// What is known of a node from earlier runs.
    struct Past: Sendable {
      var run: Int64
      var status: String
      var inputs: NodeInputs
      var outputs: NodeInputs
      var token: String
      var duration: Double
    }

    /// What is to be done with a node.
    enum Decision: Sendable {
      case reuse(run: Int64)
      case run(reason: String?, NodeInputs)
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

    private let graph: PipelineGraph
    private let configuration: PipelineConfiguration
    private let history: PipelineHistory
    private let hasher: NodeHasher
    private let past: [Int: Past]
    /// What the last run left of each node.
    private let last: [Int: (status: String, run: Int64)]
    private let warn: @Sendable (String) -> Void
    private let state = Mutex(State())

    init(
      run: Int64, selection: Set<Int>?, runner: PipelineRunner, history: PipelineHistory,
      past: [Int: Past], last: [Int: (status: String, run: Int64)]
    ) {
      self.run = run
      self.selection = selection
      graph = runner.graph
      configuration = runner.configuration
      self.history = history
      self.past = past
      self.last = last
      let known = past.values.map(\.duration).filter { $0 > 0 }
      let usual = known.isEmpty ? 1 : known.reduce(0, +) / Double(known.count)
      weights = runner.graph.nodes.indices.map { past[$0].map(\.duration) ?? usual }
      hasher = NodeHasher(
        folder: runner.folder, configuration: runner.configuration,
        files: FileHashes(database: history.database), salt: history.salt)
      warn = { runner.tell(.warning($0, node: nil)) }
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
    func decide(
      _ place: Int, parameters: JSONObject, attempt: Int, log: String?
    ) async -> Decision {
      let node = graph.nodes[place]
      let parents = state.withLock { state in
        graph.parents[place].map { parent in
          (
            label: graph.nodes[parent].label,
            token: state.tokens[parent] ?? past[parent]?.token ?? "unknown"
          )
        }
      }
      let before = past[place]
      let parentsRan = state.withLock { state in
        graph.parents[place].first { state.ran.contains($0) }
      }
      let (inputs, outputs) = await onOwnThread { [hasher, configuration] in
        (
          hasher.inputs(of: node, parameters: parameters, parents: parents),
          configuration.reuse == .unchanged && before?.status == NodeStatus.succeeded.rawValue
            ? hasher.outputs(of: node) : nil
        )
      }
      var reason: String?
      var reused: Int64?
      switch configuration.reuse {
      case .nothing: break
      case .lastRun:
        let status = last[place].flatMap { NodeStatus(rawValue: $0.status) }
        if let parentsRan {
          reason = "'\(graph.nodes[parentsRan].label)' ran again"
        } else if status?.isDone == true, let before {
          if let change = inputs.change(since: before.inputs) {
            warn("\(node.label): \(change) since it ran; --cached would run it again")
          }
          reused = before.run
        } else {
          reason = last[place] == nil ? "it never ran" : "it did not succeed in the last run"
        }
      case .unchanged:
        if attempt > 1 {
          reason = nil
        } else if let why = reasonToRun(node, before, inputs, outputs) {
          reason = why
        } else {
          reused = before?.run
        }
      }
      if attempt == 1, let reused, let before {
        state.withLock { state in
          state.tokens[place] = before.token
          state.inputs[place] = before.inputs
          state.outputs[place] = before.outputs
        }
        return .reuse(run: reused)
      }
      state.withLock { state in
        state.ran.insert(place)
        state.inputs[place] = inputs
      }
      await write(
        "UPDATE nodes SET status = 'running', started = ?, log = ? WHERE run = ? AND place = ?",
        [wallClockNanoseconds(), log, run, place])
      return .run(reason: reason, inputs)
    }

    private func reasonToRun(
      _ node: PipelineNode, _ before: Past?, _ inputs: NodeInputs, _ outputs: NodeInputs?
    ) -> String? {
      guard let before else { return "it never ran" }
      guard before.status == NodeStatus.succeeded.rawValue else {
        return "it did not succeed the last time"
      }
      if node.disablesCaching == true { return "its caching is disabled" }
      return inputs.change(since: before.inputs) ?? outputs?.change(since: before.outputs)
    }

    /// A node has run well: remembers what it made.
    func succeeded(_ place: Int, _ inputs: NodeInputs) async {
      let node = graph.nodes[place]
      let outputs = await onOwnThread { [hasher] in hasher.outputs(of: node) }
      // Without declared outputs nobody knows what it made: something new with every run.
      let token = node.outputs.isEmpty ? "run \(run)" : outputs.withoutResults.json
      state.withLock { state in
        state.tokens[place] = token
        state.inputs[place] = inputs
        state.outputs[place] = outputs
      }
    }

    /// Writes down how a node ended.
    func ended(_ node: NodeResult) async {
      let (inputs, outputs, token) = state.withLock { state in
        (state.inputs[node.place], state.outputs[node.place], state.tokens[node.place])
      }
      await write(
        """
        UPDATE nodes SET status = ?, message = ?, reason = ?, attempts = ?, started = ?,
          duration = ?, log = ?, inputs = ?, outputs = ?, token = ?, cached_run = ?
        WHERE run = ? AND place = ?
        """,
        [
          node.status.rawValue, node.message, node.reason, node.attempts, node.started,
          node.duration.nanoseconds, node.status == .cached ? nil : node.log, inputs?.json,
          outputs?.json, token, node.cachedRun, run, node.place,
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
    private func write(_ sql: String, _ arguments: StatementArguments) async {
      do {
        try await history.database.write { try $0.execute(sql: sql, arguments: arguments) }
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
  func begin(_ runner: PipelineRunner, selection: Set<Int>?) async throws(HistoryError) -> Session {
    do {
      let pipeline = runner.identity
      let name = runner.runName
      let reuse = runner.configuration.reuse
      let graph = runner.graph
      let places = Dictionary(
        graph.nodes.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
      let (run, selection, past, last, old) = try await database.write { database in
        try PipelineHistory.markKilled(pipeline, database)
        let past = try PipelineHistory.past(of: pipeline, places, database)
        let last = reuse == .lastRun ? try PipelineHistory.last(pipeline, places, database) : [:]
        var selection = selection
        let skipped = last.filter { $0.value.status == NodeStatus.skipped.rawValue }.map(\.key)
        if selection == nil, !skipped.isEmpty {
          selection = Set(graph.nodes.indices).subtracting(skipped)
        }
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
        return (run, selection, past, last, old)
      }
      NodeFiles.makeDirectory("\(directory)/logs/\(run)")
      for run in old { PipelineHistory.removeLogs("\(directory)/logs/\(run)") }
      return Session(
        run: run, selection: selection, runner: runner, history: self, past: past, last: last)
    } catch {
      throw HistoryError(
        description: "the record of runs in '\(directory)' cannot be written: "
          + "\(PipelineHistory.text(error)); --state DIR takes another place")
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

  /// For each node the last time that it ran.
  private static func past(
    of pipeline: String, _ places: [String: Int], _ database: Database
  ) throws -> [Int: Session.Past] {
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT nodes.*, MAX(nodes.run) FROM nodes JOIN runs ON runs.id = nodes.run
        WHERE runs.pipeline = ? AND nodes.status NOT IN
          ('cached', 'blocked', 'skipped', 'not_run', 'waiting', 'running')
        GROUP BY nodes.node
        """, arguments: [pipeline])
    var result: [Int: Session.Past] = [:]
    while let row = try rows.next() {
      guard let place = places[row["node"]] else { continue }
      result[place] = Session.Past(
        run: row["run"], status: row["status"],
        inputs: NodeInputs(json: row["inputs"] ?? "{}"),
        outputs: NodeInputs(json: row["outputs"] ?? "{}"), token: row["token"] ?? "unknown",
        duration: Double((row["duration"] as Int64?) ?? 0) / 1e9)
    }
    return result
  }

  /// What the last run left of each node.
  private static func last(
    _ pipeline: String, _ places: [String: Int], _ database: Database
  ) throws -> [Int: (status: String, run: Int64)] {
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT node, status, run FROM nodes
        WHERE run = (SELECT MAX(id) FROM runs WHERE pipeline = ?)
        """, arguments: [pipeline])
    var result: [Int: (status: String, run: Int64)] = [:]
    while let row = try rows.next() {
      if let place = places[row["node"]] { result[place] = (row["status"], row["run"]) }
    }
    return result
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

extension NodeInputs {
  /// Without what is of interest to the node alone.
  var withoutResults: NodeInputs {
    NodeInputs(parts: parts.filter { $0.key != "its results" })
  }
}

extension Duration {
  /// In nanoseconds.
  var nanoseconds: Int64 {
    components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
  }
}

import PipelineExecution
import Reports
import RunEvents

/// The nodes of a pipeline's run, as its events so far tell.
struct BoardState {
  /// A node.
  struct Row {
    var node: NodeResult
    /// How long it usually takes; nil if that is unknown.
    var usual: Duration?
    /// When its attempt started, in nanoseconds since 1970-01-01 00:00 UTC; nil if it is not running.
    var since: Int64?
    var cell: (number: Int, toRun: Int)?
    /// What it does, or the last line that it printed.
    var note = LastLine()
    /// The number of nodes that had ended when it ended.
    var ending = 0
  }

  private(set) var rows: [Row] = []
  /// When the run started, in nanoseconds since 1970-01-01 00:00 UTC.
  private(set) var started: Int64?
  /// Whether a node failed and no more nodes start.
  private(set) var isEnding = false
  private var keepsGoing = false
  private var endings = 0
  private var model: RunEstimate?
  private var lastEstimate: (second: Int64, endings: Int, value: Duration?)?

  /// Processes an event.
  mutating func take(_ event: RunEvent) {
    if case .pipelineStarted(let start) = event.kind { begin(start, at: event.time) }
    guard let place = event.subject.node?.place, rows.indices.contains(place) else { return }
    switch event.kind {
    case .nodeFinished(let result):
      endings += 1
      rows[place].finish(result)
      rows[place].ending = endings
      if result.status.isFailure, !keepsGoing { isEnding = true }
    case .nodeRetried(let result, let delay): rows[place].wait(result, delay)
    default: rows[place].take(event)
    }
  }

  private mutating func begin(_ start: PipelineStart, at time: Int64) {
    rows = zip(start.results, start.nodes).map { Row(node: $0, usual: $1.usualDuration) }
    started = time
    // A log of an older version does not tell.
    keepsGoing = start.keepsGoing ?? true
    if let jobs = start.jobs, start.nodes.contains(where: { $0.usualDuration != nil }) {
      model = RunEstimate(
        parents: start.nodes.map(\.parents), usual: start.nodes.map(\.usualDuration), jobs: jobs)
    }
  }

  /// How long the rest of the run takes, at most once a second; nil if that is unknown.
  mutating func estimate(at now: Int64) -> Duration? {
    let second = now / 1_000_000_000
    if let last = lastEstimate, (last.second, last.endings) == (second, endings) {
      return last.value
    }
    let value = model?.remaining(rows.map { $0.progress(at: now, isEnding: isEnding) })
    lastEstimate = (second, endings, value)
    return value
  }
}

extension BoardState.Row {
  /// How long its attempt has been running; nil if it is not running.
  func elapsed(at now: Int64) -> Duration? { since.map { .nanoseconds(max(now - $0, 0)) } }

  fileprivate func progress(at now: Int64, isEnding: Bool) -> RunEstimate.Progress {
    switch node.status {
    case .running: .running(elapsed(at: now) ?? .zero)
    case .waiting: isEnding ? .over : .waiting
    case .skipped: .skipped
    default: .over
    }
  }

  fileprivate mutating func finish(_ result: NodeResult) {
    node = result
    since = nil
  }

  fileprivate mutating func wait(_ result: NodeResult, _ delay: Duration) {
    node = result
    node.status = .waiting
    since = nil
    note = LastLine("\(result.status.word); trying again")
  }

  fileprivate mutating func take(_ event: RunEvent) {
    switch event.kind {
    case .nodeStarted:
      node.status = .running
      since = event.time
      cell = nil
      note = LastLine()
    case .nodeComparing(let progress):
      node.status = .running
      since = since ?? event.time
      note = LastLine("comparing files: " + progress.text)
    case .lines(_, let lines): note.add(lines)
    case .kernelStarting(let kernel): note = LastLine("starting kernel \(kernel)")
    case .cellStarted(let started, let number, let toRun):
      cell = (number, toRun)
      note = LastLine(started.firstLine)
    case .text(_, _, let text): note.add(text)
    default: break
    }
  }
}

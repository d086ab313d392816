import PipelineExecution
import Reports
import RunEvents
import Synchronization

/// The board that a terminal shows during a pipeline's run: a line for each node.
final class PipelineBoard: Sendable {
  private struct Row {
    var node: NodeResult
    var since: ContinuousClock.Instant?
    var cell: (number: Int, toRun: Int)?
    var lastLine = ""

    mutating func take(_ event: RunEvent.Kind) {
      switch event {
      case .nodeStarted:
        node.status = .running
        since = .now
        cell = nil
        lastLine = ""
      case .nodeComparing(let progress):
        node.status = .running
        since = since ?? .now
        lastLine = "comparing files: " + progress.text
      case .lines(_, let lines):
        let last = lines.utf8.dropLast()
        let start = last.lastIndex(of: 0x0A).map { last.index(after: $0) } ?? last.startIndex
        lastLine = String(last[start...]) ?? ""
      case .kernelStarting(let kernel): lastLine = "starting kernel \(kernel)"
      case .cellStarted(let started, let number, let toRun):
        cell = (number, toRun)
        lastLine = started.firstLine
      case .text(_, _, let text):
        if let line = text.split(whereSeparator: \.isNewline).last(where: { !$0.isEmpty }) {
          lastLine = String(line)
        }
      case .nodeRetried(let result, _), .nodeFinished(let result):
        node = result
        since = nil
      default: break
      }
    }
  }

  private struct State {
    var rows: [Row] = []
    var start = ContinuousClock.now
  }

  private let name: String
  private let state = Mutex(State())

  init(_ name: String) {
    self.name = name
  }

  func take(_ event: RunEvent) {
    state.withLock { state in
      if case .pipelineStarted(let start) = event.kind {
        state.rows = start.results.map { Row(node: $0) }
      }
      guard let place = event.subject.node?.place, state.rows.indices.contains(place) else {
        return
      }
      state.rows[place].take(event.kind)
    }
  }

  /// The current lines, limited by the height of the terminal.
  func lines() -> [VisibleText] {
    let (columns, rows) = (Terminal.columns - 1, max(Terminal.rows - 2, 3))
    return state.withLock { state in
      let shown = PipelineBoard.choose(state.rows, rows)
      let widest = shown.map { VisibleText($0.node.label).columns }.max() ?? 0
      let width = min(widest, 30, max(columns / 3, 8))
      var lines = shown.map { PipelineBoard.line($0, width, columns) }
      let done = state.rows.count { $0.node.status.isDone }
      let total = state.rows.count { $0.node.status != .skipped }
      let hidden = state.rows.count - shown.count
      let foot =
        "\(name): \(done)/\(total) nodes, \(Format.duration(ContinuousClock.now - state.start))"
        + (hidden > 0 ? ", \(hidden) not shown" : "")
      lines.append("\(Terminal.fitted(foot, to: columns), .dim)")
      return lines
    }
  }

  /// All nodes if they fit; else running ones, then failures, then the rest.
  private static func choose(_ rows: [Row], _ room: Int) -> [Row] {
    let wanted = rows.filter { $0.node.status != .skipped }
    guard wanted.count > room else { return wanted }
    func rank(_ row: Row) -> Int {
      switch row.node.status {
      case .running: 0
      case let status where status.isFailure: 1
      case .waiting: 2
      default: 3
      }
    }
    let places = wanted.indices.sorted { (rank(wanted[$0]), $0) < (rank(wanted[$1]), $1) }
    return places.prefix(room).sorted().map { wanted[$0] }
  }

  private static func line(_ row: Row, _ width: Int, _ columns: Int) -> VisibleText {
    let (symbol, style): (String, Terminal.Style) =
      switch row.node.status {
      case .waiting, .notRun: ("·", .dim)
      case .running: ("▶", .bold)
      case .succeeded: ("✓", .green)
      case .cached: ("=", .dim)
      case .blocked, .interrupted: ("–", .yellow)
      case .skipped: (" ", .dim)
      default: ("✗", .red)
      }
    let label = VisibleText(row.node.label).fitted(to: width).padded(to: width)
    var rest = ""
    if row.node.status == .running, let since = row.since {
      rest = Format.duration(ContinuousClock.now - since)
      if let cell = row.cell { rest += "  cell \(cell.number)/\(cell.toRun)" }
      // A summary of what it prints: what would act on the terminal is left out.
      if !row.lastLine.isEmpty { rest += "  " + ControlSequences.removed(from: row.lastLine) }
    } else if row.node.status != .waiting {
      rest = row.node.attempts > 0 ? Format.duration(row.node.duration) : ""
      if row.node.status == .cached { rest = "unchanged" }
      if let message = row.node.message { rest += "  " + ColoredText(message).plain }
    }
    let room = max(columns - width - 4, 0)
    return "\(symbol, style) \(label)  \(Terminal.fitted(rest, to: room), .dim)"
  }
}

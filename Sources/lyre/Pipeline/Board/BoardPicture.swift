import PipelineExecution
import Reports
import RunEvents
import SystemSupport

/// The lines of a pipeline's board for a moment.
struct BoardPicture {
  /// The name of the pipeline.
  let name: String
  let state: BoardState
  /// The time, in nanoseconds since 1970-01-01 00:00 UTC.
  let now: Int64
  /// How long the rest of the run takes; nil if that is unknown.
  let estimate: Duration?

  /// The lines for a terminal of a size, with one for the whole run at the end.
  func lines(_ size: TerminalSize) -> [VisibleText] {
    // A terminal may wrap a line that fills its last column.
    let columns = max(size.columns - 1, 1)
    let rows = chosen(in: size.rows)
    let times = rows.map(time)
    let timeWidth = times.map(\.count).max() ?? 0
    // Labels first: details get what is left, and a useful width in a window that has room.
    let room = columns - 2 - (timeWidth > 0 ? timeWidth + 2 : 0) - (columns >= 50 ? 22 : 0)
    let widest = rows.map { VisibleText($0.node.label).columns }.max() ?? 0
    let labels = min(widest, columns < 110 ? 30 : 40, max(room, 8))
    let footer = BoardFooter(name: name, state: state, now: now, estimate: estimate)
    return zip(rows, times).map { line($0, $1, timeWidth, labels, columns) }
      + [footer.line(columns)]
  }

  // MARK: Nodes

  /// The rows to show: all if they fit; else those that matter most, on two thirds of the window,
  /// so that printed text stays visible above them.
  private func chosen(in height: Int) -> [BoardState.Row] {
    let wanted = state.rows.filter { $0.node.status != .skipped }
    // The last line and the cursor have a row each.
    let room = max(height - 2, 1)
    guard wanted.count > room else { return wanted }
    return BoardPicture.choose(wanted, max(min(room - 1, 6), height * 2 / 3 - 2, 1))
  }

  /// Running nodes, failures, the next ones and the last ones, in the order of the graph.
  private static func choose(_ rows: [BoardState.Row], _ room: Int) -> [BoardState.Row] {
    func places(_ isWanted: (NodeStatus) -> Bool) -> [Int] {
      rows.indices.filter { isWanted(rows[$0].node.status) }
    }
    let running = places { $0 == .running }
    let failed = places(\.isFailure).sorted { rows[$0].ending > rows[$1].ending }
    let waiting = places { $0 == .waiting }
    let ended = places { $0 != .running && $0 != .waiting && !$0.isFailure }
      .sorted { rows[$0].ending > rows[$1].ending }
    // A failure is visible even if many nodes are running.
    let failures = min(failed.count, max(room / 3, room - running.count))
    var chosen = running.prefix(room - failures) + failed.prefix(failures)
    let next = min(
      waiting.count, max((room - chosen.count + 1) / 2, room - chosen.count - ended.count))
    chosen += waiting.prefix(next)
    chosen += ended.prefix(room - chosen.count)
    return chosen.sorted().map { rows[$0] }
  }

  private func line(
    _ row: BoardState.Row, _ time: String, _ times: Int, _ labels: Int, _ columns: Int
  ) -> VisibleText {
    let (symbol, style) = BoardPicture.symbol(row.node.status)
    let label = VisibleText(row.node.label).fitted(to: labels)
    let room = max(columns - labels - 4, 0)
    let details =
      room - times < 8 ? "" : details(row, isWide: columns >= 70).joined(separator: "  ")
    let begin: VisibleText = "\(symbol, style) "
    // A window that is too narrow for a label and a time.
    guard columns >= labels + times + 4, !time.isEmpty || !details.isEmpty else {
      let line = begin + label.fitted(to: max(columns - 2, 0))
      return line.columns <= columns ? line : line.fitted(to: columns)
    }
    let right = String(repeating: " ", count: times - time.count) + time
    let rest = details.isEmpty ? right : "\(right)  \(details)"
    return "\(begin)\(label.padded(to: labels))  \(Terminal.fitted(rest, to: room), .dim)"
  }

  /// How long a node has been running, or ran.
  private func time(_ row: BoardState.Row) -> String {
    if let elapsed = row.elapsed(at: now) { return Format.elapsed(elapsed) }
    switch row.node.status {
    case .waiting, .running, .cached: return ""
    default: return row.node.attempts > 0 ? Format.duration(row.node.duration) : ""
    }
  }

  private func details(_ row: BoardState.Row, isWide: Bool) -> [String] {
    // A summary of what it prints: what would act on the terminal is left out.
    let note = ControlSequences.removed(from: row.note.text)
    var details: [String] = []
    switch row.node.status {
    case .running:
      if isWide, let usual = row.usual, usual > .seconds(8) {
        details.append("usually \(Format.estimate(usual))")
      }
      if let cell = row.cell { details.append("cell \(cell.number)/\(cell.toRun)") }
      details.append(note)
    case .waiting: details.append(note)
    case .cached: details.append("unchanged")
    default: details.append(ColoredText(row.node.message ?? "").plain)
    }
    return details.filter { !$0.isEmpty }
  }

  private static func symbol(_ status: NodeStatus) -> (String, Terminal.Style) {
    switch status {
    case .waiting, .notRun: ("·", .dim)
    case .running: ("▶", .bold)
    case .succeeded: ("✓", .green)
    case .cached: ("=", .dim)
    case .blocked, .interrupted: ("–", .yellow)
    case .skipped: (" ", .dim)
    default: ("✗", .red)
    }
  }
}

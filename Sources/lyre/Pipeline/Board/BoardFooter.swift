import Reports
import RunEvents

/// The last line of a board: how far the run is, how long it has taken and may still take.
struct BoardFooter {
  private let name: String
  private let done: Int
  private let total: Int
  private let failed: Int
  /// The other nodes by what they do, the most important first.
  private let counts: [String]
  private let elapsed: String
  private let estimate: String?

  init(name: String, state: BoardState, now: Int64, estimate: Duration?) {
    self.name = name
    let statuses = state.rows.map(\.node.status)
    func count(_ isCounted: (NodeStatus) -> Bool) -> Int { statuses.count(where: isCounted) }
    total = count { $0 != .skipped }
    done = count(\.isDone)
    failed = count(\.isFailure)
    let isEnding = state.isEnding
    let others = [
      (count { $0 == .blocked }, "blocked"), (count { $0 == .interrupted }, "interrupted"),
      (count { $0 == .waiting }, isEnding ? "not started" : "waiting"),
      (count { $0 == .notRun }, "not run"),
    ]
    let running = count { $0 == .running }
    counts =
      (running > 0 ? ["\(running) running"] : [])
      + others.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    let started = state.started ?? now
    elapsed = Format.elapsed(.nanoseconds(max(now - started, 0)))
    // Nothing is left of a run whose last nodes take longer than usual.
    self.estimate = estimate.flatMap { $0 > .zero ? "\(Format.estimate($0)) left" : nil }
  }

  /// The widest form that fits.
  func line(_ columns: Int) -> VisibleText {
    let failures: VisibleText = failed > 0 ? ", \("\(failed) failed", .red)" : ""
    let counts = counts.map { ", \($0)" }.joined()
    let left = estimate.map { ", \($0)" } ?? ""
    let mark: VisibleText = failed > 0 ? " \("✗\(failed)", .red)" : ""
    let short = VisibleText(name).fitted(to: 24)
    let forms: [VisibleText] = [
      "\(bar) \(name)  \(done) of \(total) done\(failures)\(counts)  \(elapsed)\(left)",
      "\(name)  \(done) of \(total) done\(failures)\(counts)  \(elapsed)\(left)",
      "\(short)  \(done) of \(total) done\(failures)\(counts)  \(elapsed)\(left)",
      "\(done) of \(total) done\(failures)\(counts)  \(elapsed)\(left)",
      "\(done) of \(total) done\(failures)  \(elapsed)\(left)",
      "\(done)/\(total)\(failures)  \(elapsed)\(left)",
      "\(done)/\(total)\(failures)  \(elapsed)",
      "\(done)/\(total)\(mark) \(elapsed)",
    ]
    return forms.first { $0.columns <= columns }
      ?? VisibleText("\(done)/\(total)").fitted(to: columns)
  }

  /// The share of the nodes that are done, and that failed.
  private var bar: VisibleText {
    let width = 16
    func cells(_ count: Int) -> Int { total > 0 ? count * width / total : 0 }
    // A failure is visible in any pipeline.
    let red = failed > 0 ? max(cells(failed), 1) : 0
    let green = min(cells(done), width - red)
    func line(_ count: Int) -> String { String(repeating: "━", count: count) }
    return "\(line(green), .green)\(line(red), .red)\(line(width - green - red), .dim)"
  }
}

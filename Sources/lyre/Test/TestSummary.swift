import NotebookComparison
import Reports
import RunEvents

/// What `lyre test` prints: a line for each notebook, the failures, and the counts.
struct TestSummary {
  let isVerbose: Bool
  /// How many lines of a difference are shown without `-v`.
  static let lineLimit = 60

  /// The line of a notebook: `a.ipynb: failed, cells 3 and 7 (12 cells in 1.2 s)`.
  func line(_ outcome: TestOutcome) -> VisibleText {
    var line: VisibleText =
      "\(outcome.name): \(TestSummary.word(outcome.status), TestSummary.style(outcome.status))"
    if let passed = outcome.passed { line += " since it passed at \(Format.date(passed))" }
    let cells = outcome.status == .updated ? outcome.updated : outcome.failures.compactMap(\.cell)
    if let reason = outcome.reason { line += ", \(reason)" }
    if !cells.isEmpty { line += ", \(TestSummary.list(cells))" }
    if outcome.cells > 0 {
      let work = "\(Format.count(outcome.cells, "cell")) in \(Format.duration(outcome.duration))"
      line += cells.isEmpty ? ", \(work)" : " (\(work))"
    }
    if outcome.status == .failed, !outcome.updated.isEmpty {
      line += ", \(TestSummary.list(outcome.updated)) updated"
    }
    return line
  }

  private static func word(_ status: TestResult.Status) -> String {
    status == .notRun ? "not run" : status.rawValue
  }

  private static func style(_ status: TestResult.Status) -> Terminal.Style {
    switch status {
    case .passed, .unchanged, .updated: .green
    case .failed, .error: .red
    case .skipped, .notRun: .yellow
    }
  }

  /// `cell 3`, `cells 3 and 7`, `cells 1, 2, 3 and 12 more`.
  private static func list(_ cells: [Int]) -> String {
    guard cells.count > 1, let last = cells.last else { return "cell \(cells.first ?? 0)" }
    let shown = cells.dropLast().prefix(9).map { "\($0)" }.joined(separator: ", ")
    return cells.count <= 10
      ? "cells \(shown) and \(last)" : "cells \(shown) and \(cells.count - 9) more"
  }

  /// The failures of a notebook, each with what is needed to understand it.
  func failures(_ outcome: TestOutcome) -> [VisibleText] {
    outcome.failures.flatMap { failure -> [VisibleText] in
      var lines: [VisibleText] = ["", TestSummary.bold("\(outcome.name): \(failure.title)")]
      if !failure.traceback.isEmpty { lines.append("\(colored: failure.traceback)") }
      for difference in failure.differences {
        lines.append("\(difference.subject) \(difference.message)")
        lines += diff(difference.lines)
      }
      return lines
    }
  }

  private static func bold(_ text: String) -> VisibleText { "\(text, .bold)" }

  private func diff(_ lines: [DiffLine]) -> [VisibleText] {
    let shown = isVerbose ? lines[...] : lines.prefix(TestSummary.lineLimit)
    var result = shown.map { line -> VisibleText in
      switch line.kind {
      case .stored: "\(line.unified, .red)"
      case .new: "\(line.unified, .green)"
      case .place, .remark: "\(line.unified, .dim)"
      case .context: "\(line.unified)"
      }
    }
    if shown.count < lines.count {
      result.append("… \(lines.count - shown.count) more lines; -v shows all of them")
    }
    return result
  }

  /// `3 passed, 2 unchanged, 1 failed in 4.2 s`.
  func counts(_ outcomes: [TestOutcome], _ duration: Duration) -> VisibleText {
    let parts = TestResult.Status.allCases.compactMap { status -> VisibleText? in
      let count = outcomes.count { $0.status == status }
      guard count > 0 else { return nil }
      let word = status == .error && count > 1 ? "errors" : TestSummary.word(status)
      let text = "\(count) \(word)"
      return "\(text, TestSummary.style(status))"
    }
    return "\(parts.joined(separator: ", ")) in \(Format.duration(duration))"
  }
}

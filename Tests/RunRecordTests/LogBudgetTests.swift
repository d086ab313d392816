import JSONCore
import RunEvents
import Testing

@testable import RunRecord

@Suite("The limits of a run's log")
struct LogBudgetTests {
  private func budget(perCell: Int = 1_000, total: Int = 10_000) -> LogBudget {
    LogBudget(LogLimits(perCell: perCell, total: total)) { event in
      event.subject.node.map { "\($0.label).log" } ?? "nb.ipynb"
    }
  }

  private func event(_ kind: RunEvent.Kind, node: String? = nil) -> RunEvent {
    RunEvent(
      kind,
      of: RunSubject(
        run: .name("r"), node: node.map { NodeIdentity(place: $0.utf8.count, id: $0, label: $0) }),
      time: 1_000)
  }

  private func text(_ cell: Int, _ text: String, node: String? = nil) -> RunEvent {
    event(.text(cell: cell, stream: "stdout", text: text), node: node)
  }

  private let mark = "the log of the run omits the rest of this output; '"

  @Test("events within the limits are unchanged")
  func fits() {
    var budget = budget()
    for number in 0..<5 {
      let event = text(0, "line \(number)\n")
      #expect(budget.take(event) == [event])
    }
  }

  @Test(
    "a text that is too long is cut between characters, with a warning that names the file")
  func cut() {
    var budget = budget()
    let kept = budget.take(text(3, String(repeating: "ä", count: 1_000)))
    #expect(kept.count == 2)
    guard case .text(3, "stdout", let part)? = kept.first?.kind else {
      Issue.record("\(kept)")
      return
    }
    #expect(part == String(repeating: "ä", count: 420))
    #expect(
      kept.last?.kind
        == .warning(RunWarning(mark + "nb.ipynb' contains all of it", kind: .cutLog, cell: 3)))
    #expect(budget.take(text(3, "more")) == [])
    #expect(budget.take(event(.outputsChanged(cell: 3))) == [])
    #expect(budget.take(text(4, "another cell")).count == 1)
    #expect(budget.take(text(3, "more")) == [])
  }

  @Test("an output that is too large is omitted completely")
  func output() {
    var budget = budget()
    let large: JSONValue = ["data": ["image/png": .init(String(repeating: "A", count: 2_000))]]
    let kept = budget.take(event(.output(cell: 0, large)))
    #expect(
      kept.map(\.kind)
        == [.warning(RunWarning(mark + "nb.ipynb' contains all of it", kind: .cutLog, cell: 0))])
  }

  @Test("the lines of a script count for its node, and the node's log contains all of them")
  func script() {
    var budget = budget()
    let line = event(
      .lines(
        isStandardError: false, text: String(repeating: "x", count: 199) + "\n"), node: "a")
    #expect(budget.take(line) == [line])
    #expect(budget.take(line) == [line])
    let last = budget.take(line)
    #expect(
      last.last?.kind == .warning(RunWarning(mark + "a.log' contains all of it", kind: .cutLog)))
    let other = event(.lines(isStandardError: true, text: "y\n"), node: "bb")
    #expect(budget.take(other) == [other])
  }

  @Test("many short lines at once take no more of the log than the limit")
  func shortLines() {
    var budget = budget(perCell: 100_000, total: 1_000_000)
    var writer = EventWriter()
    var size = 0
    for _ in 0..<3 {
      let lines = event(
        .lines(isStandardError: false, text: String(repeating: "y\n", count: 30_000)), node: "a")
      for kept in budget.take(lines) { size += writer.line(for: kept).count }
    }
    #expect(size > 50_000 && size < 110_000)
  }

  @Test("starts and ends are always kept, even if the log is full")
  func always() {
    var budget = budget(perCell: 1_000, total: 500)
    _ = budget.take(text(0, String(repeating: "x", count: 600)))
    #expect(budget.take(text(1, "y")).map(\.kind.name) == ["warning"])
    let cell = CellResult(index: 1, id: nil, firstLine: "x", status: .succeeded)
    for kind in [
      RunEvent.Kind.cellStarted(cell.identity, number: 1, toRun: 2), .cellFinished(cell),
      .runFinished(RunResult(outcome: .completed, cells: [cell])),
      .warning(RunWarning("something")),
    ] {
      #expect(budget.take(event(kind)) == [event(kind)])
    }
  }

  @Test("a million small outputs cost the log no more than its limit")
  func flood() {
    var budget = budget(perCell: 1 << 20, total: 64 << 20)
    var size = 0
    for number in 0..<1_000_000 {
      for kept in budget.take(text(0, "\(number)\n")) { size += kept.line.count }
    }
    #expect(size > 500_000 && size < 2 << 20)
  }
}

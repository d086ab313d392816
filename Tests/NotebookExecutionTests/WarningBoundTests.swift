import Testing

@testable import NotebookExecution

@Suite("The bound of warnings")
struct WarningBoundTests {
  @Test("reports the first twenty of each kind, and the number of further ones")
  func bound() {
    var bound = WarningBound()
    let told = (0..<1_000).filter { bound.take(.rejectedMessage, "message \($0)") }
    #expect(told == Array(0..<20))
    let others = (0..<21).filter { bound.take(.changedData, "data \($0)") }
    #expect(others == Array(0..<20))
    let few = (0..<20).filter { bound.take(.unknownComm, "comm \($0)") }
    #expect(few.count == 20)
    #expect(
      bound.rest.map(\.text) == [
        "980 more warnings like this: message 20", "1 more warning like this: data 20",
      ])
  }

  @Test("applies to a run, and the summary comes before its end")
  func run() async throws {
    let run = try await ScriptedRun([
      ScriptedRun.code(
        String(repeating: "with not-json print x\n", count: 30) + "print y", id: "a")
    ])
    #expect(run.result.outcome == .completed)
    #expect(run.texts(0) == ["y\n"])
    #expect(run.warnings.count == 21)
    #expect(run.warnings.last?.hasPrefix("10 more warnings like this: dropped") == true)
    guard case .runFinished = run.events.last else {
      Issue.record("something came after the end")
      return
    }
  }
}

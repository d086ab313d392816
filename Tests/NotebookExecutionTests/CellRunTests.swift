import JSONCore
import JupyterProtocol
import Testing

@testable import NotebookExecution

@Suite("The run of a cell")
struct CellRunTests {
  private func run(
    cell: Duration? = nil, total: Duration? = nil, patience: Duration = .seconds(5)
  ) -> CellRun {
    CellRun(
      ExecutionMachine(messageID: "r"), cellDeadline: cell, totalDeadline: total,
      patience: patience)
  }

  private func message(_ type: MessageType, _ content: JSONValue) -> Message {
    let parent = MessageHeader(
      messageID: "r", session: "", username: "", date: nil, messageType: .executeRequest,
      version: nil)
    return Message(
      header: MessageHeader(
        messageID: "m", session: "", username: "", date: nil, messageType: type, version: nil),
      parentHeader: parent, content: content)
  }

  /// The action at a time, in a word.
  private func word(_ run: inout CellRun, at seconds: Int) -> String {
    switch run.action(at: .seconds(seconds)) {
    case .wait(nil): "wait"
    case .wait(let until?): "wait until \(until.components.seconds)"
    case .probe: "probe"
    case .interrupt: "interrupt"
    case .terminate: "terminate"
    case .kill: "kill"
    case .done(.replied): "done"
    case .done(.noReply): "given up"
    }
  }

  @Test("waits for its reply and its idle, without a limit if none is set")
  func done() {
    var run = run()
    #expect(word(&run, at: 0) == "wait")
    run.receive(iopub: message(.status, ["execution_state": "idle"]), at: .seconds(1))
    run.receive(reply: message(.executeReply, ["status": "ok"]), at: .seconds(2))
    #expect(word(&run, at: 2) == "done")
    #expect(run.cause == nil)
  }

  @Test("is interrupted, terminated, killed and abandoned, each after a bounded wait")
  func escalation() {
    var run = run(cell: .seconds(10))
    #expect(word(&run, at: 0) == "wait until 10")
    #expect(word(&run, at: 10) == "interrupt")
    #expect(run.cause == .cellTimeout)
    #expect(word(&run, at: 11) == "wait until 15")
    #expect(!run.wasTerminated)
    #expect(word(&run, at: 15) == "terminate")
    #expect(run.wasTerminated)
    #expect(word(&run, at: 20) == "kill")
    #expect(word(&run, at: 21) == "wait until 25")
    #expect(word(&run, at: 25) == "given up")
  }

  @Test("ends when the cell obeys the interrupt, and the kernel gets no signal")
  func obeys() {
    var run = run(cell: .seconds(10))
    #expect(word(&run, at: 10) == "interrupt")
    run.receive(reply: message(.executeReply, ["status": "error"]), at: .seconds(11))
    run.receive(iopub: message(.status, ["execution_state": "idle"]), at: .seconds(11))
    #expect(word(&run, at: 60) == "done")
    #expect(!run.wasTerminated)
    #expect(run.cause == .cellTimeout)
  }

  @Test("is not cut short by a limit while outputs arrive after the reply")
  func replied() {
    var run = run(cell: .seconds(10))
    run.receive(reply: message(.executeReply, ["status": "ok"]), at: .seconds(9))
    #expect(word(&run, at: 9) == "wait until 9")
    #expect(word(&run, at: 10) == "probe")
    run.probed("p")
    for second in 11..<20 {
      run.nothingCame(.arriving, at: .seconds(second))
      #expect(word(&run, at: second) == "wait until \(second)")
    }
    for _ in 0..<16 { run.nothingCame(.working, at: .seconds(20)) }
    #expect(word(&run, at: 20) == "done")
    #expect(run.cause == nil)
    #expect(run.machine.isIncomplete)
  }

  @Test("the notebook's limit counts as well as the cell's, the earlier one first")
  func totalLimit() {
    var run = run(cell: .seconds(10), total: .seconds(4))
    #expect(word(&run, at: 0) == "wait until 4")
    #expect(word(&run, at: 4) == "interrupt")
    #expect(run.cause == .totalTimeout)
  }

  @Test("is interrupted when the run is stopped; the first reason is reported")
  func stopped() {
    var run = run(cell: .seconds(10))
    run.stop(signal: 2)
    run.stop(signal: 15)
    #expect(word(&run, at: 1) == "interrupt")
    #expect(run.cause == .stop(signal: 2))
    #expect(word(&run, at: 10) == "terminate")
    #expect(run.cause == .stop(signal: 2))
  }

  @Test("messages of other requests change nothing")
  func foreign() {
    var run = run()
    var idle = message(.status, ["execution_state": "idle"])
    idle.parentHeader?.messageID = "other"
    var reply = message(.executeReply, ["status": "ok"])
    reply.parentHeader = nil
    run.receive(iopub: idle, at: .zero)
    run.receive(reply: reply, at: .zero)
    #expect(word(&run, at: 100) == "wait")
  }
}

import JSONCore
import JupyterProtocol
import Testing

@Suite("The start and the end of a kernel, as transcripts")
struct KernelMachineTests {
  private func message(_ type: MessageType, _ parent: String?, _ content: JSONValue = [:])
    -> Message
  {
    func header(_ id: String) -> MessageHeader {
      MessageHeader(
        messageID: id, session: "", username: "", date: nil, messageType: type, version: nil)
    }
    return Message(header: header("m"), parentHeader: parent.map(header), content: content)
  }

  private func word(_ action: ReadinessMachine.Action) -> String {
    switch action {
    case .wait(let until): "wait until \(until / .milliseconds(1))"
    case .ask: "ask"
    case .ready: "ready"
    case .died: "died"
    case .timedOut(let answered): "timed out\(answered ? ", answered" : "")"
    }
  }

  @Test(
    "it is ready after its reply and a message on iopub, in either order",
    arguments: [true, false], [true, false])
  func ready(_ replyIsFirst: Bool, _ welcomes: Bool) {
    var machine = ReadinessMachine(limit: .seconds(60))
    #expect(machine.receive(.time(.zero), at: .zero) == .ask)
    machine.asked("q")
    let sign =
      welcomes ? message(.iopubWelcome, nil) : message(.status, "q", ["execution_state": "busy"])
    let reply = ReadinessMachine.Event.reply(message(.kernelInfoReply, "q"))
    let events = replyIsFirst ? [reply, .iopub(sign)] : [.iopub(sign), reply]
    #expect(word(machine.receive(events[0], at: .milliseconds(500))).hasPrefix("wait"))
    #expect(word(machine.receive(events[1], at: .milliseconds(501))) == "ready")
  }

  @Test("answers and statuses of other requests do not count")
  func foreign() {
    var machine = ReadinessMachine(limit: .seconds(60))
    _ = machine.receive(.time(.zero), at: .zero)
    machine.asked("q")
    for event: ReadinessMachine.Event in [
      .reply(message(.kernelInfoReply, "other")), .reply(message("other_reply", "q")),
      .iopub(message(.status, "other", ["execution_state": "idle"])),
      .iopub(message(.stream, "q", ["text": "x"])),
    ] { #expect(word(machine.receive(event, at: .milliseconds(1))) == "wait until 1000.0") }
  }

  @Test(
    "if only iopub is silent, requests are repeated at once, then less and less often"
  )
  func backsOff() {
    var machine = ReadinessMachine(limit: .seconds(60))
    _ = machine.receive(.time(.zero), at: .zero)
    machine.asked("q")
    var now = Duration.milliseconds(10)
    var next = machine.receive(.reply(message(.kernelInfoReply, "q")), at: now)
    var asked: [Int] = []
    while case .wait(let until) = next {
      now = until
      next = machine.receive(.time(now), at: now)
      if next == .ask {
        asked.append(Int(now / .milliseconds(1)))
        next = machine.receive(.time(now), at: now)
      }
    }
    #expect(asked.prefix(6) == [30, 50, 90, 170, 330, 580])
    #expect(asked.count < 250)
    #expect(next == .timedOut(shellAnswered: true))
  }

  @Test("a kernel that never answers gets a request every second, and its end is detected at once")
  func silent() {
    var machine = ReadinessMachine(limit: .milliseconds(2500))
    #expect(machine.receive(.time(.zero), at: .zero) == .ask)
    #expect(machine.receive(.time(.zero), at: .zero) == .wait(until: .seconds(1)))
    #expect(machine.receive(.time(.zero), at: .seconds(1)) == .ask)
    #expect(machine.receive(.time(.zero), at: .seconds(2)) == .ask)
    #expect(machine.receive(.time(.zero), at: .seconds(2)) == .wait(until: .milliseconds(2500)))
    var other = machine
    #expect(
      machine.receive(.time(.zero), at: .milliseconds(2500)) == .timedOut(shellAnswered: false))
    #expect(other.receive(.exited, at: .seconds(2)) == .died)
  }

  @Test("it gets a shutdown request, then SIGTERM, then SIGKILL, each with its time limit")
  func shutdown() {
    var machine = ShutdownMachine(patience: .seconds(2))
    #expect(
      (0..<8).map { _ in machine.next() } == [
        .request, .wait(.seconds(2)), .terminate, .wait(.seconds(2)), .kill, .wait(.seconds(5)),
        .giveUp, .wait(.seconds(5)),
      ])
    var patient = ShutdownMachine(patience: .seconds(60))
    #expect(
      (0..<4).map { _ in patient.next() } == [
        .request, .wait(.seconds(60)), .terminate, .wait(.seconds(3)),
      ])
  }
}

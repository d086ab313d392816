import JSONCore
import JupyterProtocol
import Testing

@Suite("The end of a request to run code")
struct ExecutionMachineTests {
  /// A machine with its inputs and its responses, in words.
  struct Conversation {
    var machine: ExecutionMachine
    var probes = 0

    init(_ limits: ExecutionMachine.Limits = .init()) {
      machine = ExecutionMachine(messageID: "cell", limits: limits)
    }

    mutating func status(_ state: String, of parent: String = "cell", at seconds: Double) -> String
    {
      word(
        machine.receive(
          iopub: message(.status, parent, ["execution_state": .init(state)]), at: .seconds(seconds))
      )
    }

    mutating func output(of parent: String = "cell", at seconds: Double) -> String {
      word(
        machine.receive(
          iopub: message(.stream, parent, ["name": "stdout", "text": "x"]), at: .seconds(seconds)))
    }

    mutating func reply(at seconds: Double) -> String {
      word(
        machine.receive(
          reply: message(.executeReply, "cell", ["status": "ok"]), at: .seconds(seconds)))
    }

    /// Nothing arrives until each of these times.
    mutating func silence(
      _ activity: ExecutionMachine.Activity = .none, to end: Double, from start: Double
    ) -> String {
      var now = start
      var last = ""
      while now < end {
        now += 0.25
        machine.nothingCame(activity, at: .seconds(now))
        last = word(machine.next(at: .seconds(now)))
        if last.hasPrefix("done") { return "\(last) at \(now)" }
      }
      return last
    }

    /// The next action, in a word; a probe is sent and reported to the machine.
    private mutating func word(_ action: ExecutionMachine.Action) -> String {
      switch action {
      case .wait(nil): return "wait"
      case .wait: return "look"
      case .done(.replied): return "done"
      case .done(.noReply): return "done without a reply"
      case .probe:
        probes += 1
        machine.probed("probe \(probes)")
        return "probe"
      }
    }

    private func message(_ type: MessageType, _ parent: String, _ content: JSONValue) -> Message {
      func header(_ id: String, _ type: MessageType) -> MessageHeader {
        MessageHeader(
          messageID: id, session: "", username: "", date: nil, messageType: type, version: nil)
      }
      return Message(
        header: header("m", type), parentHeader: header(parent, .executeRequest), content: content)
    }
  }

  @Test(
    "is its reply and its idle, in either order, without further requests or waits",
    arguments: [true, false])
  func both(_ replyIsFirst: Bool) {
    var talk = Conversation()
    #expect(talk.status("busy", at: 0) == "wait")
    #expect(talk.output(at: 1) == "wait")
    if replyIsFirst {
      #expect(talk.reply(at: 2) == "look")
      #expect(talk.status("idle", at: 2) == "done")
    } else {
      #expect(talk.status("idle", at: 2) == "look")
      #expect(talk.reply(at: 2) == "done")
    }
    #expect(talk.probes == 0)
    #expect(!talk.machine.missedIdle && !talk.machine.isIncomplete)
  }

  @Test(
    "waits as long as needed for outstanding outputs, known from the order of messages"
  )
  func large() {
    var talk = Conversation()
    #expect(talk.reply(at: 0) == "look")
    #expect(talk.silence(to: 0.25, from: 0) == "probe")
    // A minute of silence would be too long, but this is not silence.
    #expect(talk.silence(.arriving, to: 300, from: 0.25) == "look")
    #expect(talk.silence(.working, to: 600, from: 300) == "look")
    #expect(talk.output(at: 601) == "look")
    #expect(talk.status("idle", at: 601) == "done")
    #expect(talk.probes == 1)
    #expect(!talk.machine.missedIdle && !talk.machine.isIncomplete)
  }

  @Test("is detected without an idle and without a loss once the probe after it is answered")
  func missedIdle() {
    var talk = Conversation()
    _ = talk.output(at: 0)
    #expect(talk.reply(at: 0) == "look")
    #expect(talk.silence(to: 0.25, from: 0) == "probe")
    #expect(talk.status("busy", of: "probe 1", at: 0.3) == "look")
    #expect(talk.status("idle", of: "probe 1", at: 0.3) == "look")
    #expect(talk.silence(to: 5, from: 0.3) == "done at 0.55")
    #expect(talk.machine.missedIdle)
    #expect(!talk.machine.isIncomplete)
  }

  @Test("is probed even if a thread of another cell never stops printing")
  func foreignFlood() {
    var talk = Conversation()
    #expect(talk.reply(at: 0) == "look")
    #expect(talk.output(of: "earlier", at: 0.1) == "look")
    #expect(talk.output(of: "earlier", at: 0.26) == "probe")
    _ = talk.status("idle", of: "probe 1", at: 0.3)
    #expect(talk.output(of: "earlier", at: 0.6) == "done")
    #expect(talk.machine.missedIdle)
  }

  @Test("is abandoned after a minute of silence, as a loss")
  func givenUp() {
    var talk = Conversation()
    #expect(talk.reply(at: 0) == "look")
    #expect(talk.silence(to: 100, from: 0) == "done at 60.0")
    #expect(talk.machine.isIncomplete)
    #expect(!talk.machine.missedIdle)
  }

  @Test("is not abandoned because Lyre itself was stopped for a time")
  func stoppedProgram() {
    var talk = Conversation()
    #expect(talk.reply(at: 0) == "look")
    // Lyre itself was stopped for an hour.
    talk.machine.nothingCame(.none, at: .seconds(3600))
    guard case .probe = talk.machine.next(at: .seconds(3600)) else {
      Issue.record("it was given up")
      return
    }
  }

  @Test(
    "is abandoned after four seconds without a byte if the run must end soon, even if the kernel is busy"
  )
  func hurry() {
    var talk = Conversation()
    #expect(talk.reply(at: 0) == "look")
    #expect(talk.silence(.working, to: 30, from: 0) == "look")
    talk.machine.hurry()
    #expect(talk.silence(.arriving, to: 40, from: 30) == "look")
    #expect(talk.silence(.working, to: 60, from: 40) == "done at 44.0")
    #expect(talk.machine.isIncomplete)
  }

  @Test("is abandoned ten seconds after the idle if there is no reply")
  func noReply() {
    var talk = Conversation()
    #expect(talk.status("idle", at: 0) == "look")
    #expect(talk.silence(to: 30, from: 0) == "done without a reply at 10.0")
    // A large reply is not a missing reply.
    var large = Conversation()
    _ = large.status("idle", at: 0)
    #expect(large.silence(.arriving, to: 30, from: 0) == "look")
  }

  @Test(
    "needs two consecutive probes without output for a kernel that broadcasts after its idle"
  )
  func settling() {
    var talk = Conversation(.init(settlingProbes: 2))
    #expect(talk.reply(at: 0) == "look")
    #expect(talk.status("idle", at: 0) == "probe")
    #expect(talk.status("busy", of: "probe 1", at: 0) == "look")
    #expect(talk.output(at: 0) == "look")
    #expect(talk.status("idle", of: "probe 1", at: 0) == "probe")
    #expect(talk.status("idle", of: "probe 2", at: 0) == "probe")
    #expect(talk.output(at: 0) == "look")
    #expect(talk.status("idle", of: "probe 3", at: 0) == "probe")
    #expect(talk.status("idle", of: "probe 4", at: 0) == "probe")
    #expect(talk.status("idle", of: "probe 5", at: 0) == "done")
  }

  @Test("is detected after two seconds of silence if such a kernel does not answer")
  func settlingInVain() {
    var talk = Conversation(.init(settlingProbes: 2))
    _ = talk.reply(at: 0)
    #expect(talk.status("idle", at: 0) == "probe")
    #expect(talk.silence(to: 10, from: 0) == "done at 2.0")
  }
}

import KernelClient
import KernelTesting
import Testing

@Suite("Cells of a scripted kernel", .timeLimit(.minutes(3)))
struct CellTests {
  @Test(
    "outputs arrive in order, over both transports",
    arguments: [
      KernelConfiguration.Transport.tcp, .ipc,
    ])
  func outputs(transport: KernelConfiguration.Transport) async throws {
    try await withScriptedKernel(configuration: .init(transport: transport)) { kernel in
      #expect(kernel.info.implementation == "scripted")
      let cell = try await kernel.run(
        "print one", "stream stderr two\\n", "display-id d three", "update d four", "clear wait",
        "result 42", "message odd_type {}")
      #expect(
        cell.outputs == [
          "stdout: one\n", "stderr: two\n", "display: three", "update d: four", "clear wait",
          "result 1: 42", "other: odd_type",
        ])
      #expect(cell.reply?.status == .ok)
      #expect(cell.reply?.executionCount == 1)
      #expect(kernel.rejectedMessages == [:])
    }
  }

  @Test(
    "an unverified or invalid message is dropped and counted, and the cell continues",
    arguments: [
      ("bad-signature", WireError.Code.invalidSignature),
      ("short-signature", .invalidSignature), ("unsigned", .unsigned),
      ("few-frames", .tooFewFrames), ("delimiter-only", .tooFewFrames),
      ("no-delimiter", .missingDelimiter), ("empty-frame", .missingDelimiter),
      ("not-json", .invalidJSON), ("deep", .invalidJSON), ("no-header", .invalidHeader),
    ])
  func garbage(fault: String, code: WireError.Code) async throws {
    try await withScriptedKernel { kernel in
      let cell = try await kernel.run("print before", "with \(fault) print bad", "print after")
      #expect(cell.outputs == ["stdout: before\n", "stdout: after\n"])
      #expect(cell.reply?.status == .ok)
      #expect(kernel.rejectedMessages == [code: 1])
    }
  }

  @Test("a duplicate message counts once", arguments: ["print", "reply", "idle"])
  func replay(what: String) async throws {
    try await withScriptedKernel { kernel in
      let cell = try await kernel.run("print first", "with replay \(what)")
      #expect(cell.outputs == ["stdout: first\n"] + (what == "print" ? ["stdout: \n"] : []))
      // The duplicate precedes the next cell's messages on the same socket.
      _ = try await kernel.run("print next")
      #expect(kernel.rejectedMessages == [.duplicateSignature: 1])
    }
  }

  @Test(
    "members that real kernels omit or write oddly are accepted",
    arguments: [
      "no-date", "odd-date", "no-version", "bare-header", "nan", "no-topic", "invalid-utf8",
    ])
  func oddities(fault: String) async throws {
    try await withScriptedKernel { kernel in
      let cell = try await kernel.run(
        "with \(fault) stream stdout caf\u{E9}", "with \(fault) reply", "with \(fault) idle")
      let text = fault == "invalid-utf8" ? "caf\u{FFFD}" : "caf\u{E9}"
      #expect(cell.outputs == ["stdout: \(text)"])
      #expect(cell.reply?.status == .ok)
      #expect(kernel.rejectedMessages == [:])
    }
  }

  @Test(
    "outputs of other parents, or without one, do not belong to the cell, and are not lost",
    arguments: ["wrong-parent", "no-parent", "null-parent"])
  func strangeParents(fault: String) async throws {
    try await withScriptedKernel { kernel in
      let events = Listener(kernel)
      let cell = try await kernel.run("print mine", "with \(fault) print stray")
      #expect(cell.outputs == ["stdout: mine\n"])
      #expect(cell.reply?.status == .ok)
      #expect(await events.waitFor(line: "stdout: stray\n") != nil)
    }
  }

  @Test("null content is read as empty content")
  func nullContent() async throws {
    try await withScriptedKernel { kernel in
      let cell = try await kernel.run("with null-content print gone")
      #expect(cell.outputs == ["stdout: "])
      #expect(cell.reply?.status == .ok)
    }
  }

  @Test("idle before the reply", arguments: ["idle", "idle\nprint late\nreply"])
  func idleFirst(script: String) async throws {
    try await withScriptedKernel { kernel in
      let cell = try await kernel.run("print x", script)
      #expect(cell.reply?.status == .ok)
    }
  }

  @Test(
    "a reply without an idle, and an unreliable idle, also end the cell",
    arguments: ["no idle", "with bad-signature idle", "with wrong-parent idle", "no busy idle"])
  func missingIdle(script: String) async throws {
    try await withScriptedKernel { kernel in
      let cell = try await kernel.run("print x", script)
      #expect(cell.outputs == ["stdout: x\n"])
      #expect(cell.reply?.status == .ok)
      #expect(try await kernel.run("print next").outputs == ["stdout: next\n"])
    }
  }

  @Test(
    "an idle without a reply ends the cell without a reply",
    arguments: ["no reply", "with unsigned reply"])
  func missingReply(script: String) async throws {
    try await withScriptedKernel { kernel in
      let cell = try await kernel.run(
        "print x", script, limits: .init(replyAfterIdle: .milliseconds(100)))
      #expect(cell.outputs == ["stdout: x\n"])
      #expect(cell.reply == nil)
      #expect(try await kernel.run("print next").reply?.status == .ok)
    }
  }

  @Test("errors reported on both channels, or on only one")
  func errors() async throws {
    try await withScriptedKernel { kernel in
      let both = try await kernel.run("error ValueError bad", "print never")
      #expect(both.outputs == ["error: ValueError: bad"])
      #expect(both.reply?.status == .error)
      #expect(both.reply?.error?.name == "ValueError")
      let reply = try await kernel.run("error-in-reply UsageError wrong")
      #expect(reply.outputs == [])
      #expect(reply.reply?.error?.value == "wrong")
      let iopub = try await kernel.run("error-on-iopub Odd thing")
      #expect(iopub.outputs == ["error: Odd: thing"])
      #expect(iopub.reply?.status == .ok)
    }
  }

  @Test(
    "the words of a reply's status",
    arguments: [
      ("abort", ReplyStatus.aborted), ("aborted", .aborted), ("fine", .other("fine")),
    ])
  func statusWords(word: String, status: ReplyStatus) async throws {
    try await withScriptedKernel { kernel in
      let cell = try await kernel.run(#"reply-is {"status": "\#(word)"}"#)
      #expect(cell.reply?.status == status)
      #expect(try await kernel.run("reply-is {}").reply?.status == .ok)
    }
  }

  @Test("messages after reply and idle reach subscribers, with their own parent")
  func lateOutput() async throws {
    try await withScriptedKernel { kernel in
      let events = Listener(kernel)
      let execution = kernel.execute("late 0 at once\nlate 20 later\nhaunt much later")
      _ = try await execution.reply()
      for line in ["at once", "later"] {
        let message = await events.waitFor(line: "stdout: \(line)")
        #expect(message?.parentHeader?.messageID == execution.messageID)
      }
      let next = try await kernel.run("print next")
      #expect(next.outputs == ["stdout: next\n"])
    }
  }

  @Test("output of an earlier cell while the next one runs keeps its parent")
  func haunting() async throws {
    try await withScriptedKernel { kernel in
      let events = Listener(kernel)
      let first = kernel.execute("haunt from the first")
      _ = try await first.reply()
      #expect(try await kernel.run("print next").outputs == ["stdout: next\n"])
      let message = await events.waitFor(line: "stdout: from the first")
      #expect(message?.parentHeader?.messageID == first.messageID)
    }
  }

  @Test("input requests are answered, even from a kernel that was not allowed to ask")
  func input() async throws {
    try await withScriptedKernel { kernel in
      let events = Listener(kernel)
      let messageID = kernel.send(
        .executeRequest, ExecuteRequest(code: "input N\npassword K", allowsStdin: true).json)
      for answer in ["Ada", "secret"] {
        let request = await events.first { event -> Message? in
          if case .inputRequest(let message) = event { return message }
          return nil
        }
        let asked = try #require(request)
        #expect(InputRequest(asked.content).isPassword == (answer == "secret"))
        #expect(asked.parentHeader?.messageID == messageID)
        kernel.answerInput(answer, to: asked)
      }
      #expect(await events.waitFor(line: "stdout: secret\n") != nil)
      let refused = try await kernel.run("input Name?")
      #expect(refused.reply?.error?.name == "StdinNotImplementedError")
      #expect(try await kernel.run("input-anyway Name?").reply?.status == .ok)
    }
  }

  @Test("outputs that arrive long after the reply belong to the cell as long as the kernel is busy")
  func slowOutputs() async throws {
    try await withScriptedKernel { kernel in
      // Longer than ten checks.
      let cell = try await kernel.run(
        "reply", "print a", "sleep 500", "print b", limits: .init(look: .milliseconds(50)))
      #expect(cell.outputs == ["stdout: a\n", "stdout: b\n"])
    }
  }

  @Test("outputs that are missing after a long silence are abandoned, and the loss is reported")
  func silence() async throws {
    try await withScriptedKernel(configuration: .init(shutdownTimeout: .milliseconds(300))) {
      kernel in
      let limits = ExecutionMachine.Limits(
        look: .milliseconds(20), silence: .milliseconds(100))
      var iterator = kernel.execute("print a\nreply\nhang", limits: limits).makeAsyncIterator()
      var lines: [String] = []
      while let content = try await iterator.next() { lines += [content.line].compactMap(\.self) }
      #expect(lines == ["stdout: a\n"])
      #expect(iterator.isIncomplete)
    }
  }

  @Test("a late reader of a cell without an idle does not wait")
  func lateReader() async throws {
    try await withScriptedKernel { kernel in
      var iterator = kernel.execute("no idle\nprint x").makeAsyncIterator()
      while let content = try await iterator.next() {
        // The kernel answers in order: when this answer arrives, the reply of the cell has arrived
        // long ago.
        if content.line != nil { _ = try await kernel.kernelInfo() }
      }
      guard case .replied = iterator.outcome else {
        Issue.record("no reply")
        return
      }
    }
  }

  @Test("a flood arrives completely and in order")
  func flood() async throws {
    try await withScriptedKernel { kernel in
      let count = 50_000
      var next = 0
      for try await content in kernel.execute("flood \(count) 20") {
        guard case .stream(let stream) = content else { continue }
        guard Int(stream.text.prefix(8)) == next else { break }
        next += 1
      }
      #expect(next == count)
    }
  }
}

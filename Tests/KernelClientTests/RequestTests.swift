import KernelClient
import KernelTesting
import Testing

@Suite("Requests to a scripted kernel", .timeLimit(.minutes(3)))
struct RequestTests {
  @Test("each request gets its own reply")
  func replies() async throws {
    try await withScriptedKernel { kernel in
      #expect(try await kernel.kernelInfo().protocolVersion == "5.5")
      #expect(try await kernel.isComplete("x")["status"]?.string == "complete")
      let completion = try await kernel.complete("st", cursor: 2)
      #expect(completion["matches"]?[0]?.string == "stream")
      #expect(completion["cursor_end"]?.int == 2)
      #expect(try await kernel.inspect("x", cursor: 0)["found"]?.bool == true)
      #expect(try await kernel.history(last: 1)["history"]?.array?.count == 1)
      let debug = try await kernel.debug(["seq": 7, "command": "debugInfo", "type": "request"])
      #expect(debug["request_seq"]?.int == 7)
    }
  }

  @Test("many requests at once get their own replies")
  func manyRequests() async throws {
    try await withScriptedKernel { kernel in
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for number in 0..<50 {
          group.addTask {
            try await kernel.complete("x", cursor: number)["cursor_end"]?.int == number
          }
        }
        for try await isRight in group { #expect(isRight) }
      }
    }
  }

  @Test("a request that is never answered ends at its limit")
  func noReply() async throws {
    try await withScriptedKernel { kernel in
      let error = await #expect(throws: KernelError.self) {
        try await kernel.request("bogus_request", timeout: .milliseconds(300))
      }
      #expect(error?.code == .noReply)
      #expect(error?.message.contains("bogus_request") == true)
      let cell = try await kernel.run("print x")
      #expect(cell.reply?.status == .ok)
    }
  }

  @Test("a subshell answers while the main shell is busy")
  func subshells() async throws {
    try await withScriptedKernel { kernel in
      let events = Listener(kernel)
      let busy = kernel.execute("print running\nhang")
      #expect(await events.waitFor(line: "stdout: running\n") != nil)
      let id = try #require(try await kernel.createSubshell())
      #expect(try await kernel.listSubshells() == [id])
      let reply = try await kernel.request(
        .completeRequest, ["code": "x", "cursor_pos": 1], subshell: id)
      #expect(reply.content["status"]?.string == "ok")
      #expect(try await kernel.deleteSubshell(id)["status"]?.string == "ok")
      #expect(try await kernel.listSubshells() == [])
      kernel.interrupt()
      #expect(try await busy.reply()?.status == .error)
    }
  }

  @Test("comms are opened, used and closed from both sides")
  func comms() async throws {
    try await withScriptedKernel { kernel in
      let cell = try await kernel.run(
        #"comm-open c1 target {"a": 1}"#, #"comm c1 {"b": 2}"#, "comm-close c1")
      #expect(cell.outputs == ["comm open c1", "comm message c1", "comm close c1"])

      let events = Listener(kernel)
      let id = kernel.openComm(target: "mine", data: ["x": 1])
      #expect(try await kernel.commInfo()["comms"]?[id]?["target_name"]?.string == "mine")
      kernel.sendComm(id, data: ["say": "hello"], buffers: [[0, 255], []])
      let echo = await events.first { event -> CommContent? in
        guard case .iopub(let message) = event, case .comm(let comm) = IOPubContent(message)
        else { return nil }
        return comm.commID == id ? comm : nil
      }
      #expect(echo?.data["say"]?.string == "hello")
      #expect(echo?.buffers == [[0, 255], []])
      kernel.closeComm(id)
      #expect(try await kernel.commInfo()["comms"]?[id] == nil)
    }
  }

  @Test("the heartbeat of a kernel with one, and of a kernel without one")
  func heartbeat() async throws {
    try await withScriptedKernel { kernel in
      #expect(await kernel.answersHeartbeat(timeout: .seconds(20)))
      #expect(await kernel.answersHeartbeat(timeout: .seconds(20)))
    }
    try await withScriptedKernel(["--no-heartbeat"]) { kernel in
      #expect(await kernel.answersHeartbeat(timeout: .milliseconds(200)) == false)
    }
  }
}

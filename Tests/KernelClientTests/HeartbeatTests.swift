import Glibc
import KernelClient
import KernelTesting
import Testing

@Suite("The heartbeat of a kernel started elsewhere", .timeLimit(.minutes(2)))
struct HeartbeatTests {
  @Test("reports that the kernel is gone, soon after its process ends")
  func lost() async throws {
    try await withScriptedKernel { owner in
      let process = try #require(owner.processID)
      let end = try await withExistingKernel(owner.connection) { guest -> KernelExit? in
        #expect(await guest.answersHeartbeat())
        let events = guest.events()
        kill(process, SIGKILL)
        for await batch in events {
          for case .exited(let status) in batch { return status }
        }
        return nil
      }
      #expect(end == .lost)
      #expect(end?.description == "no longer answers")
    }
  }

  @Test("is not monitored if the kernel never had one")
  func never() async throws {
    try await withScriptedKernel(["--no-heartbeat"]) { owner in
      let outputs = try await withExistingKernel(owner.connection) { guest in
        #expect(await guest.answersHeartbeat(timeout: .milliseconds(200)) == false)
        return try await guest.run("sleep 100", "print x").outputs
      }
      #expect(outputs == ["stdout: x\n"])
    }
  }

  @Test("can be checked by several tasks at once")
  func several() async throws {
    try await withScriptedKernel { owner in
      try await withExistingKernel(owner.connection) { guest in
        async let first = guest.answersHeartbeat()
        async let second = guest.answersHeartbeat()
        #expect(await [first, second] == [true, true])
      }
    }
  }
}

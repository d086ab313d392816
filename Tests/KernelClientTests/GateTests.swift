import Testing

@testable import KernelClient

@Suite("A gate", .timeLimit(.minutes(1)))
struct GateTests {
  @Test("resumes all waiting tasks, and later ones at once")
  func opens() async {
    let gate = Gate()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<5 { group.addTask { await gate.wait(until: .now + .seconds(3600)) } }
      while gate.waiting < 5 { await Task.yield() }
      gate.open()
    }
    #expect(gate.waiting == 0)
    await gate.wait(until: .now + .seconds(3600))
  }

  @Test("ends each wait at its own deadline, and with its task")
  func limits() async {
    let gate = Gate()
    await gate.wait(until: .now)
    await gate.wait(until: .now + .milliseconds(10))
    let task = Task { await gate.wait(until: .now + .seconds(3600)) }
    while gate.waiting == 0 { await Task.yield() }
    task.cancel()
    await task.value
    #expect(gate.waiting == 0)
  }

  @Test("for a kernel's input allows several tasks to wait at once")
  func inputChannel() async throws {
    try await withScriptedKernel { kernel in
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<4 {
          group.addTask { await kernel.waitForInputChannel(limit: .seconds(30)) }
        }
      }
    }
  }
}

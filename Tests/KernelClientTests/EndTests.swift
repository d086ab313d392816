import Glibc
import KernelClient
import KernelTesting
import Testing

@Suite("Interrupts and the end of a scripted kernel", .timeLimit(.minutes(3)))
struct EndTests {
  @Test("an interrupt ends a cell in the way of each kernel", arguments: ["signal", "message"])
  func interrupt(mode: String) async throws {
    let expected: [(String, ReplyStatus, [String])] = [
      ("error", .error, ["error: KeyboardInterrupt: "]), ("abort", .aborted, []), ("ok", .ok, []),
    ]
    for (effect, status, outputs) in expected {
      try await withScriptedKernel(
        ["--interrupt", effect], members: ["interrupt_mode": mode]
      ) { kernel in
        let cell = try await EndTests.interrupted(kernel)
        #expect(cell.reply?.status == status)
        #expect(cell.outputs == ["stdout: running\n"] + outputs)
        #expect(try await kernel.run("print next").reply?.status == .ok)
      }
    }
  }

  @Test(
    "a kernel that exits on an interrupt is reported as dead",
    arguments: [("exit 0", KernelExit.exited(0)), ("INT", .signaled(SIGINT))])
  func interruptKills(effect: String, status: KernelExit) async throws {
    try await withScriptedKernel(["--interrupt", effect]) { kernel in
      let error = await #expect(throws: KernelError.self) {
        try await EndTests.interrupted(kernel)
      }
      #expect(error?.code == .died)
      #expect(error?.exitStatus == status)
    }
  }

  /// Runs a cell that hangs, and interrupts it once it hangs.
  private static func interrupted(_ kernel: Kernel) async throws -> CellResult {
    let events = Listener(kernel)
    async let cell = kernel.run("print running", "hang")
    #expect(await events.waitFor(line: "stdout: running\n") != nil)
    kernel.interrupt()
    return try await cell
  }

  @Test(
    "death during a cell is reported at once, after the earlier messages",
    arguments: [
      ("exit 0", KernelExit.exited(0)), ("exit 7", .exited(7)), ("die SEGV", .signaled(SIGSEGV)),
      ("die KILL", .signaled(SIGKILL)), ("print last words\nexit 1", .exited(1)),
      ("reply\nexit 2", .exited(2)), ("idle\nexit 2", .exited(2)),
      ("spawn stubborn\ndie KILL", .signaled(SIGKILL)),
    ])
  func death(script: String, status: KernelExit) async throws {
    try await withScriptedKernel { kernel in
      let events = Listener(kernel)
      let execution = kernel.execute("print before\nstderr oh no\n\(script)")
      let error = await #expect(throws: KernelError.self) { _ = try await execution.reply() }
      #expect(error?.code == .died)
      #expect(error?.exitStatus == status)
      #expect(error?.standardErrorTail == "oh no\n")
      #expect(kernel.exitStatus == status)
      var lines: [String] = []
      var end: KernelExit?
      while let event = await events.next() {
        if case .iopub(let message) = event, let line = IOPubContent(message).line {
          lines.append(line)
        }
        if case .exited(let status) = event { end = status }
      }
      #expect(lines.first == "stdout: before\n")
      if script.hasPrefix("print") { #expect(lines.last == "stdout: last words\n") }
      #expect(end == status)
    }
  }

  @Test("a flood right before the end is not lost")
  func floodThenDeath() async throws {
    try await withScriptedKernel { kernel in
      var count = 0
      do {
        for try await content in kernel.execute("flood 20000 20\nexit 0") {
          if case .stream = content { count += 1 }
        }
        Issue.record("the kernel did not die")
      } catch {
        #expect((error as? KernelError)?.code == .died)
      }
      #expect(count == 20_000)
    }
  }

  @Test("after a crash every request fails at once")
  func crash() async throws {
    try await withScriptedKernel { kernel in
      let error = await #expect(throws: KernelError.self) { try await kernel.run("crash") }
      #expect(error?.code == .died)
      #expect(error?.exitStatus == .signaled(SIGKILL))
      let after = await #expect(throws: KernelError.self) { try await kernel.run("print x") }
      #expect(after?.code == .died)
    }
  }

  @Test(
    "a kernel ends in time after a shutdown, whatever it does",
    .timeLimit(.minutes(2)),
    arguments: [
      [], ["--no-shutdown-reply"], ["--shutdown-reply", "{}"], ["--slow-exit", "300"],
      ["--exit", "KILL"], ["--no-exit"], ["--no-exit", "--no-shutdown-reply"],
      ["--no-exit", "--ignore", "TERM", "--ignore", "INT"], ["--slow-exit", "600000"],
      ["--child"], ["--stubborn-child"], ["--stubborn-child", "--no-exit", "--ignore", "TERM"],
    ])
  func shutdown(options: [String]) async throws {
    // The scope ends when the kernel has ended; waiting for the cell would take ten minutes.
    try await withScriptedKernel(
      options, configuration: .init(shutdownTimeout: .milliseconds(500))
    ) { kernel in
      let cell = try await kernel.run("print x")
      #expect(cell.reply?.status == .ok)
    }
  }

  @Test(
    "a kernel that hangs or ignores messages during a cell ends with its scope",
    arguments: ["hang", "deaf", "ignore INT\nhang", "spawn stubborn\ndeaf", "input-anyway x"])
  func endOfBusyKernel(script: String) async throws {
    try await withScriptedKernel(configuration: .init(shutdownTimeout: .milliseconds(300))) {
      kernel in
      let events = Listener(kernel)
      _ = kernel.execute("print running\n\(script)")
      #expect(await events.waitFor(line: "stdout: running\n") != nil)
    }
  }

  @Test("cancelling a task that waits for a cell does not end the kernel")
  func cancellation() async throws {
    try await withScriptedKernel(configuration: .init(shutdownTimeout: .milliseconds(300))) {
      kernel in
      let events = Listener(kernel)
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          let error = await #expect(throws: KernelError.self) {
            try await kernel.run("print running", "hang")
          }
          #expect(error?.code == .cancelled)
        }
        #expect(await events.waitFor(line: "stdout: running\n") != nil)
        group.cancelAll()
      }
      #expect(kernel.exitStatus == nil)
    }
  }

  @Test("an error in the scope ends the kernel and is rethrown")
  func errorInScope() async throws {
    struct Failure: Error {}
    await #expect(throws: Failure.self) {
      try await withScriptedKernel { _ in throw Failure() }
    }
  }
}

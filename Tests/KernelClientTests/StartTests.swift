import Glibc
import KernelClient
import KernelTesting
import Testing

@Suite("The start of a scripted kernel", .timeLimit(.minutes(3)))
struct StartTests {
  @Test(
    "kernels that are slow, silent or odd at first become ready",
    arguments: [
      ["--no-welcome"], ["--no-welcome", "--lost-statuses", "5"], ["--unanswered-infos", "2"],
      ["--slow-start", "700"], ["--slow-info", "1500"], ["--no-starting"],
      ["--welcome-with", "null-parent"], ["--parentless-start", "frozen modules"],
      ["--topics", "none"], ["--topics", "type"], ["--echo-session"], ["--date", ""],
      ["--date", "2026-11-23T14:58+0000"], ["--no-heartbeat"], ["--no-control-info"],
      ["--info", #"{"status": null, "help_links": null, "protocol_version": "5.3.0"}"#],
      ["--info-with", "bare-header"], ["--welcome-with", "bad-signature", "--lost-statuses", "3"],
    ])
  func ready(options: [String]) async throws {
    try await withScriptedKernel(options) { kernel in
      #expect(kernel.info.implementation == "scripted")
      let cell = try await kernel.run("print hello")
      #expect(cell.outputs == ["stdout: hello\n"])
      #expect(cell.reply?.status == .ok)
    }
  }

  @Test(
    "a process that ends before it is ready is reported with its output, even with exit code 0",
    arguments: [
      ("exit 0", KernelExit.exited(0)), ("exit 3", .exited(3)), ("SEGV", .signaled(SIGSEGV)),
      ("KILL", .signaled(SIGKILL)),
    ])
  func diesAtStart(end: String, status: KernelExit) async throws {
    let error = try await failureOfStart(["--stderr", "no licence", "--end-at-start", end])
    #expect(error.code == .diedBeforeReady)
    #expect(error.exitStatus == status)
    #expect(error.standardErrorTail == "no licence\n")
    #expect(error.message.contains("no licence"))
    #expect(error.message.contains("kernel 'scripted'"))
  }

  @Test(
    "a kernel that never answers, or never on iopub, fails after the limit",
    arguments: [
      (["--no-info"], "it did not answer"), (["--no-iopub"], "sends nothing on iopub"),
      (["--slow-start", "60000"], "it did not answer"),
    ])
  func neverReady(options: [String], reason: String) async throws {
    let error = try await failureOfStart(
      options, configuration: .init(startupTimeout: .seconds(4)))
    #expect(error.code == .startTimedOut)
    #expect(error.message.contains(reason))
    #expect(error.message.contains("4 s"))
  }

  @Test("a kernel that signs with another key fails, with that reason")
  func wrongKey() async throws {
    let error = try await failureOfStart(
      ["--info-with", "bad-signature", "--welcome-with", "bad-signature"],
      configuration: .init(startupTimeout: .seconds(4)))
    #expect(error.code == .startTimedOut)
    #expect(error.message.contains("not signed"))
  }

  @Test("a kernel whose port was taken is started again")
  func portTaken() async throws {
    try await TemporaryDirectory.with { directory in
      let scripted = try ScriptedKernelSpec(
        in: directory, options: ["--port-taken-unless", directory.path("second")])
      try await withKernel(scripted.spec, configuration: .init(transport: .tcp)) { kernel in
        let cell = try await kernel.run("print x")
        #expect(cell.outputs == ["stdout: x\n"])
      }
      #expect(scripted.starts.count == 2)
      #expect(Set(scripted.starts.map(\.connectionFile)).count == 2)
      #expect(await scripted.leftovers() == [])
    }
  }

  @Test("a program that does not exist")
  func missingProgram() async throws {
    try await TemporaryDirectory.with { directory in
      let bytes = #"{"argv": ["/nonexistent/kernel"], "display_name": "x", "language": "x"}"#
      let spec = try KernelSpec(
        Array(bytes.utf8), name: "missing", resourceDirectory: directory.path)
      let error = await #expect(throws: KernelError.self) {
        try await withKernel(spec) { _ in }
      }
      #expect(error?.code == .launchFailed)
      #expect(error?.message.contains("/nonexistent/kernel") == true)
    }
  }

  @Test("a kernel that was started elsewhere is used and left running")
  func existing() async throws {
    try await withScriptedKernel { owner in
      let seen = try await withExistingKernel(owner.connection) { kernel in
        #expect(kernel.processID == nil)
        return try await kernel.run("print guest").outputs
      }
      #expect(seen == ["stdout: guest\n"])
      #expect(owner.exitStatus == nil)
      #expect(try await owner.run("result 1").outputs == ["result 2: 1"])
    }
  }
}

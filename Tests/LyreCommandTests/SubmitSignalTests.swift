import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Synchronization
import SystemSupport
import Testing

@Suite("Signals while a pipeline is submitted to Kubeflow Pipelines")
struct SubmitSignalTests {
  /// Starts the submission of a pipeline of one component.
  private func with(
    _ body: (Lyre, KubeflowStub, TestServer, RunningCommand) async throws -> Void,
    prepare: (KubeflowStub) -> Void
  ) async throws {
    try await ComponentPipeline.with { lyre, stub, server in
      prepare(stub)
      let command = try lyre.start(
        [
          "pipeline", "submit", "p.pipeline", "--components", ".", "--runtime-config", "team",
          "--run-name", "r", "-q",
        ], environment: environment(lyre))
      try await body(lyre, stub, server, command)
    }
  }

  private func environment(_ lyre: Lyre) -> [String: String] {
    ["ELYRA_METADATA_PATH": lyre.directory.path("meta")]
  }

  private func submitted(_ lyre: Lyre) async throws -> Lyre.Outcome {
    try await lyre.run(["pipeline", "submitted"], environment: environment(lyre))
  }

  private static func isStart(_ request: TestServer.Request) -> Bool {
    request.method == "POST" && request.target.hasPrefix("/apis/v2beta1/runs")
  }

  @Test(
    "before the server is told to start, nothing was started",
    arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
  func before(signal: Int32, code: Int32) async throws {
    try await with { lyre, _, server, command in
      #expect(await eventually { !server.requests.isEmpty })
      command.send(signal: signal)
      let outcome = Lyre.Outcome(await command.result())
      #expect(outcome.code == code && outcome.output == "", "\(outcome)")
      #expect(outcome.errors.hasSuffix("\nerror: stopped: nothing was started\n"), "\(outcome)")
      #expect(!server.requests.contains(where: SubmitSignalTests.isStart))
      let listed = try await submitted(lyre)
      #expect(listed == .init(0, errors: "nothing was submitted from this machine\n"))
    } prepare: { stub in
      stub.ignore { $0.target.contains("/pipelines") }
    }
  }

  @Test("a run that the server starts meanwhile is remembered, and stopped")
  func meanwhile() async throws {
    let (asked, goOn) = (Semaphore(), Semaphore())
    try await with { lyre, stub, server, command in
      #expect(await eventually { asked.wait(milliseconds: 1) })
      command.send(signal: SIGINT)
      goOn.signal()
      let outcome = Lyre.Outcome(await command.result())
      #expect(outcome.code == 130 && outcome.output == "", "\(outcome)")
      #expect(
        outcome.errors.hasSuffix(
          "\nerror: stopped: the run run-0 had been started already, and is being stopped; `lyre "
            + "pipeline follow 1` shows its end\n"), "\(outcome)")
      #expect(server.requests.contains { $0.target.hasSuffix("/runs/run-0:terminate") })
      #expect(stub.state.withLock { $0.runs.map(\.isTerminated) } == [true])
      let listed = try await submitted(lyre)
      #expect(listed.output.contains("  team  run-0  "), "\(listed)")
    } prepare: { stub in
      stub.before { request in
        guard SubmitSignalTests.isStart(request), !request.target.contains("run-0") else { return }
        asked.signal()
        _ = goOn.wait(milliseconds: 30_000)
      }
    }
  }

  @Test("a server that does not say whether it has started it: where to look")
  func silent() async throws {
    try await with { lyre, _, server, command in
      #expect(
        await eventually { server.requests.contains(where: SubmitSignalTests.isStart) })
      command.send(signal: SIGTERM)
      let outcome = Lyre.Outcome(await command.result())
      #expect(outcome.code == 143 && outcome.output == "", "\(outcome)")
      #expect(
        outcome.errors.hasSuffix(
          "\nerror: stopped: the server has not said whether it has started it; look for 'r' on "
            + "\(server.url)/#/runs\n"), "\(outcome)")
    } prepare: { stub in
      stub.ignore { SubmitSignalTests.isStart($0) }
    }
  }
}

import Glibc
import KernelTesting
import Processes
import Synchronization
import Testing

@testable import PipelineExecution

/// Real processes of a shell.
@Suite("Runs of scripts")
struct ScriptRunTests {
  /// The output of a script, and the tasks that wait for it.
  private final class Written: Sendable {
    private let texts = Mutex<[Bool: String]>([:])
    let onText: @Sendable (String) -> Void

    init(_ onText: @escaping @Sendable (String) -> Void = { _ in }) { self.onText = onText }

    func add(_ isError: Bool, _ text: String) {
      texts.withLock { $0[isError, default: ""] += text }
      onText(text)
    }

    func text(isError: Bool = false) -> String { texts.withLock { $0[isError] ?? "" } }
  }

  private func script(
    _ lines: String, limit: Duration? = nil, patience: Duration = .seconds(5),
    control: NodeControl = .init(), log: String? = nil, in directory: String = "/",
    _ written: Written
  ) -> ScriptRun {
    var run = ScriptRun(
      command: ProcessCommand(
        executable: "/bin/sh", arguments: ["sh", "-c", lines],
        environment: ["PATH": "/usr/bin:/bin"]),
      workingDirectory: directory, limit: limit, control: control, log: NodeLog(log),
      onLines: { written.add($0, $1) })
    run.patience = patience
    return run
  }

  @Test("all lines of both streams arrive before the end is reported, and are in the log")
  func output() async throws {
    try await TemporaryDirectory.with { directory in
      let (written, log) = (Written(), directory.path("log"))
      let ending = await script(
        "seq 1 50000; echo problem >&2; printf end; exit 3", log: log, written
      ).run()
      #expect(ending == .exited(.exited(3)))
      let expected = (1...50_000).map { "\($0)\n" }.joined()
      #expect(written.text() == expected + "end\n")
      #expect(written.text(isError: true) == "problem\n")
      let kept = String(decoding: try directory.read("log"), as: UTF8.self)
      #expect(kept.utf8.count == expected.utf8.count + "endproblem\n".utf8.count)
    }
  }

  @Test(
    "a script that exceeds its limit is ended, even if it ignores SIGTERM",
    arguments: [false, true])
  func limit(isDeaf: Bool) async throws {
    let written = Written()
    let run = script(
      "\(isDeaf ? "trap '' TERM;" : "") sleep 600 & wait; sleep 600", limit: .milliseconds(50),
      patience: .milliseconds(50), written)
    #expect(await run.run() == .timedOut)
  }

  @Test("a stop reaches the script as the same signal", arguments: [SIGINT, SIGTERM])
  func stop(signal: Int32) async throws {
    let control = NodeControl()
    let written = Written { if $0 == "ready\n" { control.stop(signal: signal) } }
    let run = script(
      "trap 'echo INT; exit' INT; trap 'echo TERM; exit' TERM; echo ready; sleep 600 & wait",
      control: control, written)
    #expect(await run.run() == .stopped)
    #expect(written.text() == "ready\n\(signal == SIGINT ? "INT" : "TERM")\n")
  }

  @Test("a script that is stopped before its start ends at once")
  func stoppedBefore() async throws {
    let control = NodeControl()
    control.stop(signal: SIGTERM)
    #expect(await script("sleep 600", control: control, Written()).run() == .stopped)
  }

  @Test("the second stop kills the script")
  func secondStop() async throws {
    let control = NodeControl()
    let written = Written { text in
      if text == "ready\n" { control.stop(signal: SIGINT) }
      if text == "deaf\n" { control.stop(signal: SIGINT) }
    }
    let run = script(
      "trap 'echo deaf' INT; echo ready; while :; do sleep 600 & wait; done",
      patience: .seconds(600), control: control, written)
    #expect(await run.run() == .stopped)
  }

  @Test("a script that cannot be started is reported with the reason")
  func notStarted() async throws {
    let run = script("exit 0", in: "/nowhere/at/all", Written())
    guard case .notStarted(let why) = await run.run() else {
      Issue.record("it was started")
      return
    }
    #expect(why.contains("'/nowhere/at/all' cannot be entered"))
  }
}

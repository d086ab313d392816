import Glibc
import JSONCore
import JupyterProtocol
import KernelClient
import KernelTesting
import NotebookDocument
import Synchronization
import Testing

@testable import NotebookExecution

/// Runs of notebooks in the scripted kernel.
@Suite("Running a notebook", .serialized)
struct NotebookRunnerTests {
  private func execute(
    _ cells: [JSONValue], options: [String] = [], control: RunControl = .init(),
    configure: (inout RunConfiguration) -> Void = { _ in },
    onEvent: @escaping @Sendable (RunEvent.Kind) -> Void = { _ in }
  ) async throws -> ScriptedRun {
    try await ScriptedRun(
      cells, options: options, control: control, configure: configure, onEvent: onEvent)
  }

  private func code(
    _ source: String, id: String, metadata: JSONValue = [:], outputs: JSONValue = []
  ) -> JSONValue {
    ScriptedRun.code(source, id: id, metadata: metadata, outputs: outputs)
  }

  private let old: JSONValue = [["name": "stdout", "output_type": "stream", "text": "old\n"]]

  @Test("runs code cells in order, and does not change other, empty and tagged ones")
  func order() async throws {
    let run = try await execute([
      code("print one", id: "a", outputs: old),
      ["cell_type": "markdown", "id": "b", "metadata": [:], "source": "# no code"],
      code(" \n", id: "c", outputs: old),
      code("print no", id: "d", metadata: ["tags": ["skip-execution"]], outputs: old),
      code("result 2", id: "e"),
    ])
    #expect(run.result.outcome == .completed)
    #expect(run.statuses == [.succeeded, .skipped, .skipped, .skipped, .succeeded])
    #expect(run.texts(0) == ["one\n"])
    #expect(run.texts(2) == ["old\n"])
    #expect(run.texts(3) == ["old\n"])
    #expect(run.texts(4) == ["2"])
    #expect(run.document.cell(at: 4).executionCount == 2)
  }

  @Test("an error ends the run; old results are removed from the selected cells after it")
  func error() async throws {
    let run = try await execute([
      code("error ValueError bad", id: "a"), code("print x", id: "b", outputs: old),
      code("print y", id: "c"),
      code("print z", id: "d", metadata: ["tags": ["skip-execution"]], outputs: old),
    ])
    #expect(run.result.outcome == .failed(cell: 0))
    #expect(run.statuses == [.failed, .notRun, .notRun, .skipped])
    #expect(run.result.cells[0].error?.name == "ValueError")
    #expect(run.texts(0) == ["ValueError"])
    #expect(run.texts(1) == [])
    #expect(run.texts(3) == ["old\n"])
    #expect(run.result.cells.map(\.hadOldResults) == [false, true, false, false])
    let notRun = run.events.compactMap {
      if case .cellNotRun(let cell, _) = $0 { cell.index } else { nil }
    }
    #expect(notRun == [1, 2])
  }

  @Test(
    "a cell that is not reached also loses its number and its times, unless old outputs are kept")
  func oldResults() async throws {
    let times: JSONValue = ["execution": ["iopub.status.busy": "2026-01-01T00:00:00Z"], "x": 1]
    let cell: JSONValue = [
      "cell_type": "code", "execution_count": 7, "id": "b", "metadata": times, "outputs": old,
      "source": "print x",
    ]
    let cleared = try await execute([code("exit 3", id: "a", outputs: old), cell])
    #expect(cleared.statuses == [.killedWithKernel, .notRun])
    #expect(cleared.document.outputs(at: 1) == [])
    #expect(cleared.document.cell(at: 1).executionCount == nil)
    #expect(cleared.document.cell(at: 1).metadata == ["x": 1])
    let kept = try await execute([code("exit 3", id: "a", outputs: old), cell]) {
      $0.keepsOldOutputs = true
    }
    #expect(kept.texts(1) == ["old\n"])
    #expect(kept.document.cell(at: 1).executionCount == 7)
    #expect(kept.document.cell(at: 1).metadata["execution"] == times["execution"])
    #expect(!kept.result.cells[1].hadOldResults)
  }

  @Test("a run that is stopped before its first cell keeps the results of earlier runs")
  func stoppedBefore() async throws {
    let run = try await execute([code("print x", id: "a", outputs: old)]) {
      $0.totalTimeout = .zero
    }
    #expect(run.statuses == [.notRun])
    #expect(run.texts(0) == ["old\n"])
  }

  @Test("an error that is allowed by option, name or tag does not end the run")
  func allowedErrors() async throws {
    let byTag = try await execute([
      code("error E v", id: "a", metadata: ["tags": ["raises-exception"]]),
      code("print x", id: "b"),
    ])
    #expect(byTag.result.outcome == .completed)
    #expect(byTag.statuses == [.failed, .succeeded])
    #expect(byTag.result.cells[0].errorIsAllowed)
    let byName = try await execute([code("error E v", id: "a"), code("error F v", id: "b")]) {
      $0.allowedErrors = ["E"]
    }
    #expect(byName.result.outcome == .failed(cell: 1))
    let all = try await execute([code("error E v", id: "a"), code("error F v", id: "b")]) {
      $0.allowsErrors = true
    }
    #expect(all.result.outcome == .completed)
  }

  @Test("an error only in the reply is written; one only on iopub does not fail the cell")
  func errorsOfOneChannel() async throws {
    let run = try await execute([
      code("error-on-iopub E v", id: "a"), code("error-in-reply F v", id: "b"),
    ])
    #expect(run.statuses == [.succeeded, .failed])
    #expect(run.texts(0) == ["E"])
    #expect(run.texts(1) == ["F"])
    #expect(run.result.outcome == .failed(cell: 1))
  }

  @Test("a cell that displays an error and gets no reply has failed")
  func errorWithoutReply() async throws {
    let run = try await execute([code("no reply\nerror-on-iopub E v", id: "a")])
    #expect(run.statuses == [.failed])
    #expect(run.result.cells[0].error?.name == "E")
    #expect(run.result.outcome == .failed(cell: 0))
  }

  // nbclient waits forever for it; without a reply, the cell did not report success.
  @Test("a cell without a reply has failed, and its last output says so")
  func noReply() async throws {
    let run = try await execute([
      code("no reply\nprint x", id: "a"), code("print next", id: "b"),
    ])
    #expect(run.statuses == [.failed, .notRun])
    #expect(run.result.cells[0].error?.name == "NoReplyError")
    #expect(run.texts(0) == ["x\n", "NoReplyError"])
    #expect(run.result.outcome == .failed(cell: 0))
  }

  @Test("late output goes to the cell that it belongs to")
  func lateOutput() async throws {
    let run = try await execute([
      code("haunt boo\nprint one", id: "a"), code("print two", id: "b"),
    ])
    #expect(run.texts(0).joined().contains("boo"))
    #expect(run.texts(1) == ["two\n"])
  }

  @Test("exit(0) ends the run successfully")
  func cleanExit() async throws {
    let run = try await execute([code("error SystemExit 0", id: "a"), code("print x", id: "b")])
    #expect(run.result.outcome == .completed)
    #expect(run.statuses == [.succeeded, .notRun])
  }

  @Test("a cell that times out is interrupted, and the run ends or continues as configured")
  func timeout() async throws {
    let cells = [
      code("print begun\nhang", id: "a", metadata: ["lyre": ["timeout": 0.3]]),
      code("print x", id: "b"),
    ]
    let stopped = try await execute(cells)
    #expect(stopped.result.outcome == .timedOut(cell: 0))
    #expect(stopped.statuses == [.timedOut, .notRun])
    #expect(stopped.texts(0).first == "begun\n")
    // After the kernel's own error for the interrupt, the notebook contains the reason.
    #expect(stopped.texts(0).last == "CellTimeoutError")
    let continued = try await execute(cells) { $0.onTimeout = .continue }
    #expect(continued.result.outcome == .timedOut(cell: 0))
    #expect(continued.statuses == [.timedOut, .succeeded])
    // As with nbclient's interrupt_on_timeout, where KeyboardInterrupt is an error like others.
    let allowed = try await execute(cells) {
      $0.onTimeout = .continue
      $0.allowedErrors = ["CellTimeoutError"]
    }
    #expect(allowed.result.outcome == .completed)
    #expect(allowed.statuses == [.timedOut, .succeeded])
    #expect(allowed.result.cells[0].errorIsAllowed)
  }

  @Test("a cell that answers the interrupt with ok has timed out nevertheless")
  func politeTimeout() async throws {
    let run = try await execute([code("hang", id: "a")], options: ["--interrupt", "ok"]) {
      $0.cellTimeout = .milliseconds(300)
    }
    #expect(run.statuses == [.timedOut])
    #expect(run.result.outcome == .timedOut(cell: 0))
    #expect(run.texts(0) == ["CellTimeoutError"])
    #expect(
      run.document.outputs(at: 0)[0]["evalue"] == "it took longer than its limit of 0.3 s")
    #expect(run.result.cells[0].limit == .milliseconds(300))
  }

  @Test("a kernel that ignores all signals is killed, and its outputs are kept")
  func deafKernel() async throws {
    let run = try await execute([code("print begun\ndeaf", id: "a"), code("print x", id: "b")]) {
      $0.cellTimeout = .milliseconds(300)
      $0.onTimeout = .continue
    }
    #expect(run.result.outcome == .timedOut(cell: 0))
    #expect(run.statuses == [.timedOut, .notRun])
    #expect(run.texts(0).first == "begun\n")
    let signals = run.events.compactMap { event -> String? in
      if case .kernelSignaled(let name, _) = event { name } else { nil }
    }
    #expect(signals == ["interrupt", "SIGTERM", "SIGKILL"])
  }

  @Test("the notebook's limit ends the running cell, and no other starts")
  func totalTimeout() async throws {
    let run = try await execute([code("hang", id: "a"), code("print x", id: "b")]) {
      $0.totalTimeout = .milliseconds(500)
      $0.onTimeout = .continue
    }
    #expect(run.result.outcome == .totalTimeExceeded(cell: 0))
    #expect(run.statuses == [.timedOut, .notRun])
  }

  @Test("a kernel that dies is reported with its status; earlier output is kept")
  func death() async throws {
    let run = try await execute([code("print begun\nexit 0", id: "a"), code("print x", id: "b")])
    #expect(
      run.result.outcome
        == .kernelDied(KernelEnd(description: "exited with code 0", exitCode: 0), cell: 0))
    #expect(run.statuses == [.killedWithKernel, .notRun])
    #expect(run.texts(0) == ["begun\n", "DeadKernelError"])
    #expect(
      run.document.outputs(at: 0).last?["evalue"] == "the kernel exited with code 0")
    #expect(run.has { if case .kernelDied = $0 { true } else { false } })
  }

  @Test("stopping a run interrupts its cell and keeps the outputs so far")
  func stop() async throws {
    let control = RunControl()
    let run = try await execute(
      [code("print begun\nhang", id: "a"), code("print x", id: "b")], control: control,
      onEvent: { if case .text = $0 { control.stop(signal: SIGINT) } })
    #expect(run.result.outcome == .stopped(signal: SIGINT))
    #expect(run.statuses == [.interrupted, .notRun])
    #expect(run.texts(0).first == "begun\n")
  }

  @Test("cancelling the task stops the run, and the kernel is not reported as dead")
  func cancellation() async throws {
    let (begun, tell) = AsyncStream.makeStream(of: Void.self)
    let run = try await withThrowingTaskGroup(of: ScriptedRun.self) { group in
      group.addTask {
        try await self.execute(
          [self.code("print begun\nhang", id: "a"), self.code("print x", id: "b")],
          onEvent: { if case .text = $0 { tell.finish() } })
      }
      for await _ in begun {}
      group.cancelAll()
      return try #require(try await group.next())
    }
    #expect(run.result.outcome == .stopped(signal: SIGTERM))
    #expect(run.statuses == [.interrupted, .notRun])
    #expect(run.texts(0) == ["begun\n", "CellInterruptedError"])
  }

  @Test("outputs are saved while the cell runs")
  func saves() async throws {
    let run = try await execute([code("print one\nsleep 300\nprint two", id: "a")]) {
      $0.saveInterval = .milliseconds(50)
    }
    #expect(run.has { if case .saved = $0 { true } else { false } })
    #expect(run.texts(0) == ["one\ntwo\n"])
  }

  @Test("the times of a cell are recorded if requested")
  func timing() async throws {
    let cells = [code("print x", id: "a", metadata: ["execution": ["old": "1"]])]
    let recorded = try await execute(cells).document.cell(at: 0).metadata["execution"]?.object
    let keys = recorded?.map(\.key.string) ?? []
    for key in [
      "iopub.execute_input", "iopub.status.busy", "iopub.status.idle", "shell.execute_reply",
    ] { #expect(keys.contains(key)) }
    #expect(!keys.contains("old"))
    let none = try await execute(cells) { $0.recordsTiming = false }
    #expect(none.document.cell(at: 0).metadata["execution"] == nil)
  }

  @Test("a kernel that asks for input gets an answer, or the end of the input")
  func input() async throws {
    let answered = try await execute([code("input name?", id: "a")]) { $0.input = { _ in "Ada" } }
    #expect(answered.texts(0).joined().contains("Ada"))
    let unasked = try await execute([code("input-anyway name?", id: "a")])
    #expect(unasked.result.outcome == .completed)
    #expect(unasked.has { if case .warning = $0 { true } else { false } })
  }

  @Test("unsigned messages change nothing, and are reported")
  func forgery() async throws {
    let run = try await execute([
      code("print one\nwith bad-signature print evil\nprint two", id: "a")
    ])
    #expect(run.texts(0) == ["one\ntwo\n"])
    #expect(
      run.has {
        if case .warning(let warning) = $0 { warning.message.contains("iopub") } else { false }
      })
  }

  @Test("ten thousand small messages lose nothing")
  func flood() async throws {
    let run = try await execute([code("flood 10000 12", id: "a")])
    #expect(run.document.outputs(at: 0).count == 1)
    #expect(run.texts(0).joined().utf8.count >= 120_000)
  }
}

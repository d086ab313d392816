import JSONCore
import KernelTesting
import RealKernels
import RunEvents
import Testing

/// The output of `--events`, read back by the library.
@Suite("The event log")
struct EventLogTests {
  /// Reads a log back: every line is an event known to this version, and is written back as the
  /// same line.
  private func events(
    _ lyre: Lyre, _ name: String = "events", sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> [RunEvent] {
    let log = try lyre.directory.read(name)
    var reader = EventReader()
    let lines = reader.read(log)
    #expect(reader.finish() == nil, sourceLocation: sourceLocation)
    #expect(reader.version == RunEvent.formatVersion, sourceLocation: sourceLocation)
    var writer = EventWriter()
    var again: [UInt8] = []
    var events: [RunEvent] = []
    for line in lines {
      guard case .event(let event) = line else {
        Issue.record("\(line)", sourceLocation: sourceLocation)
        continue
      }
      if case .unknown(let name, _) = event.kind {
        Issue.record("unknown: \(name)", sourceLocation: sourceLocation)
      }
      #expect(event.otherMembers.isEmpty, sourceLocation: sourceLocation)
      again += writer.line(for: event)
      events.append(event)
    }
    #expect(again == log, sourceLocation: sourceLocation)
    return events
  }

  private func names(_ events: [RunEvent]) -> Set<String> { Set(events.map(\.kind.name)) }

  private func result(_ events: [RunEvent]) -> RunResult? {
    for event in events.reversed() {
      if case .runFinished(let result) = event.kind { return result }
    }
    return nil
  }

  @Test("of a failed notebook contains the cells with their errors")
  func failure() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print one", "error KeyError why", "print three"])
      let outcome = try await lyre.run(["run", "-q", "nb.ipynb", "--events", "events"])
      #expect(outcome.code == 1)
      let events = try events(lyre)
      #expect(
        names(events) == [
          "kernel_starting", "kernel_ready", "run_started", "cell_started", "stream", "output",
          "cell_finished", "cell_not_run", "run_finished",
        ])
      #expect(Set(events.map(\.subject)).count == 1)
      #expect(events.first?.subject.notebook == "nb.ipynb")
      let result = try #require(self.result(events))
      #expect(result.outcome == .failed(cell: 1))
      #expect(result.cells.map(\.status) == [.succeeded, .failed, .notRun])
      #expect(result.cells[1].error?.name == "KeyError")
      #expect(result.cells[1].resources != nil)
    }
  }

  @Test("of a cell that exceeds its limit contains the limit")
  func timeout() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["hang"])
      let outcome = try await lyre.run(
        ["run", "-q", "nb.ipynb", "--timeout", "0.2", "--events", "events"])
      #expect(outcome.code == 3)
      let events = try events(lyre)
      #expect(names(events).contains("kernel_signaled"))
      #expect(result(events)?.outcome == .timedOut(cell: 0))
      #expect(result(events)?.cells.first?.limit == .milliseconds(200))
    }
  }

  @Test("of a kernel that dies contains how it ended")
  func deadKernel() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["exit 7"])
      let outcome = try await lyre.run(["run", "-q", "nb.ipynb", "--events", "events"])
      #expect(outcome.code == 4)
      let end = KernelEnd(description: "exited with code 7", exitCode: 7)
      #expect(result(try events(lyre))?.outcome == .kernelDied(end, cell: 0))
    }
  }

  @Test("of a run that a signal stops contains the signal")
  func signal() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print begun\nhang"])
      let command = try lyre.start(["run", "-q", "nb.ipynb", "--events", "events"])
      #expect(await command.hasPrinted("begun"))
      command.send(signal: 2)
      #expect(Lyre.Outcome(await command.result()).code == 130)
      #expect(result(try events(lyre))?.outcome == .stopped(signal: 2))
    }
  }

  @Test("of a notebook without a kernel contains the reason")
  func noKernel() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print x"])
      let outcome = try await lyre.run(
        ["run", "-q", "nb.ipynb", "-k", "nowhere", "--events", "events"])
      #expect(outcome.code == 5)
      let events = try events(lyre)
      guard case .runFailed(let failure)? = events.last?.kind else {
        Issue.record("no error at the end: \(names(events))")
        return
      }
      #expect(failure.code == 5)
      #expect(failure.message.contains("nowhere"))
      #expect(failure.cells.map(\.status) == [.notRun])
    }
  }

  @Test("of a pipeline contains retries, blocked nodes and each line of a script")
  func pipeline() async throws {
    try await Lyre.with { lyre in
      try lyre.pipeline([
        PipelineFileNode(file: "a.sh", properties: ["retries": 1]),
        PipelineFileNode(file: "b.sh", parents: ["a.sh"]), PipelineFileNode(file: "c.ipynb"),
      ])
      try lyre.script("a.sh", "echo one; echo; echo three >&2; exit 1")
      try lyre.script("b.sh", "exit 0")
      try lyre.notebook(["print x"], to: "c.ipynb")
      let arguments = ["pipeline", "run", "p.pipeline", "-q", "--keep-going", "--state", "state"]
      let outcome = try await lyre.run(arguments + ["--events", "events"])
      #expect(outcome.code == 1)
      let events = try events(lyre)
      #expect(events.allSatisfy { $0.subject.pipeline == "p.pipeline" })
      #expect(Set(events.map(\.subject.run)) == [.number(1)])
      #expect(
        names(events).isSuperset(of: [
          "pipeline_started", "node_started", "line", "node_retried", "node_finished", "stream",
          "cell_finished", "run_finished", "pipeline_finished",
        ]))
      let lines = events.filter { $0.subject.node?.id == "a.sh" && $0.kind.name == "line" }
      #expect(lines.count == 6)
      #expect(lines.map(\.subject.node?.attempt) == [1, 1, 1, 2, 2, 2])
      var results: [String: NodeResult] = [:]
      for event in events {
        if case .nodeFinished(let node) = event.kind { results[node.id] = node }
      }
      #expect(results["a.sh"]?.attempts == 2)
      #expect(
        results.mapValues(\.status)
          == ["a.sh": .failed, "b.sh": .blocked, "c.ipynb": .succeeded])
      #expect(results["c.ipynb"]?.cells.map(\.status) == [.succeeded])

      let again = try await lyre.run(arguments + ["--cached", "--events", "again"])
      #expect(again.code == 1)
      let cached = try self.events(lyre, "again").contains { event in
        guard case .nodeFinished(let node) = event.kind else { return false }
        return node.id == "c.ipynb" && node.status == .cached && node.cachedRun == 1
      }
      #expect(cached)
    }
  }
}

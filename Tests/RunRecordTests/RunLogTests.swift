import Glibc
import JSONCore
import KernelTesting
import RunEvents
import Synchronization
import SystemSupport
import Testing

@testable import RunRecord

@Suite("The event log of a run", .timeLimit(.minutes(1)))
struct RunLogTests {
  private let subject = RunSubject(run: .name("r"), notebook: "nb.ipynb")

  private func event(_ kind: RunEvent.Kind, _ time: Int64 = 5_000) -> RunEvent {
    RunEvent(kind, of: subject, time: time)
  }

  private func end() -> RunEvent {
    event(.runFinished(RunResult(outcome: .completed, cells: [])))
  }

  private func writer(_ folder: String) -> RunLogWriter {
    RunLogWriter(folder: folder) { Issue.record("\($0)") }
  }

  /// The events that a follower gets until the end.
  private func all(_ folder: String) async throws -> [RunLogReader.Update] {
    var reader = try RunLogReader(folder)
    var updates: [RunLogReader.Update] = []
    while let update = try await reader.next() { updates.append(update) }
    return updates
  }

  private func numbered(_ events: [RunEvent]) -> [RunEvent] {
    events.enumerated().map { place, event in
      var event = event
      event.sequence = place + 1
      return event
    }
  }

  @Test("is read back as it was written, with its end")
  func roundTrip() async throws {
    try await TemporaryDirectory.with { directory in
      let events = [
        event(.kernelStarting(name: "python3")),
        event(.text(cell: 0, stream: "stdout", text: "a\nb\u{1B}[1m\u{0}")), end(),
      ]
      let writer = writer(directory.path)
      for event in events { writer.write(event) }
      writer.close()
      let expected = numbered(events).map { RunLogReader.Update.event($0) } + [.ended(.finished)]
      let updates = try await all(directory.path)
      #expect(updates == expected)
      #expect(entries(directory.path) == ["events.jsonl"])
      var status = stat()
      #expect(stat(directory.path("events.jsonl"), &status) == 0)
      #expect(status.st_mode & 0o777 == 0o600)
    }
  }

  private func entries(_ path: String) -> [String] { FilePath.names(in: path) }

  @Test("contains events within a second, during the run")
  func live() async throws {
    try await TemporaryDirectory.with { directory in
      let writer = writer(directory.path)
      let begin = ContinuousClock.now
      writer.write(event(.kernelStarting(name: "python3")))
      #expect(await eventually { FilePath.exists(directory.path("events.jsonl")) })
      var reader = try RunLogReader(directory.path)
      let first = try await reader.next()
      // A second is guaranteed; the rest is for a busy machine.
      #expect(ContinuousClock.now - begin < .seconds(5))
      #expect(first == .event(numbered([event(.kernelStarting(name: "python3"))])[0]))
      #expect(try reader.poll() == nil)
      writer.write(end())
      guard case .event(let last)? = try await reader.next() else {
        Issue.record("no event")
        return
      }
      #expect(last.kind.name == "run_finished")
      // The end is the end of the writer, not the event that reports it.
      #expect(try reader.poll() == nil)
      writer.write(event(.warning(RunWarning("late"))))
      writer.close()
      guard case .event(let late)? = try await reader.next() else {
        Issue.record("no event")
        return
      }
      #expect(late.kind.name == "warning")
      #expect(try await reader.next() == .ended(.finished))
      #expect(try await reader.next() == nil)
    }
  }

  @Test(
    "a log of a dead writer ends as abandoned; a truncated last line is not an event",
    arguments: ["", "{\"event\":\"stream\",\"se", "\u{0}\u{0}\u{0}"])
  func abandoned(rest: String) async throws {
    try await TemporaryDirectory.with { directory in
      let first = numbered([event(.kernelStarting(name: "python3"))])[0]
      try directory.write(
        first.line + Array(rest.utf8), to: "events.jsonl", mode: 0o600)
      let updates = try await all(directory.path)
      #expect(updates == [.event(first), .ended(.abandoned)])
    }
  }

  @Test("a damaged line is reported, and the lines after it are read")
  func damaged() async throws {
    try await TemporaryDirectory.with { directory in
      let events = numbered([event(.kernelStarting(name: "python3")), end()])
      try directory.write(
        events[0].line + Array("nonsense\n".utf8) + events[1].line, to: "events.jsonl", mode: 0o600)
      let updates = try await all(directory.path)
      #expect(updates.count == 4)
      #expect(updates.first == .event(events[0]) && updates.last == .ended(.finished))
      guard case .damaged(let line) = updates[1] else {
        Issue.record("\(updates)")
        return
      }
      #expect(line.number == 2)
    }
  }

  @Test("a log larger than one read is read completely")
  func large() async throws {
    try await TemporaryDirectory.with { directory in
      let writer = RunLogWriter(
        folder: directory.path, limits: LogLimits(perCell: 64 << 20, total: 64 << 20)
      ) { Issue.record("\($0)") }
      let text = String(repeating: "x", count: 700_000)
      for _ in 0..<9 { writer.write(event(.text(cell: 0, stream: "stdout", text: text))) }
      writer.write(end())
      writer.close()
      let updates = try await all(directory.path)
      #expect(updates.count == 11)
      #expect(updates.last == .ended(.finished))
    }
  }

  @Test("is not read if others may have written it")
  func untrusted() async throws {
    try TemporaryDirectory.with { directory in
      try directory.write(Array("".utf8), to: "events.jsonl", mode: 0o644)
      #expect(throws: HistoryError.self) { try RunLogReader(directory.path) }
      #expect(throws: HistoryError.self) { try RunLogReader(directory.path("nowhere")) }
    }
  }

  @Test("a write failure is reported once, and has no further cost")
  func unwritable() async throws {
    try TemporaryDirectory.with { directory in
      let failures = Mutex<[String]>([])
      let writer = RunLogWriter(folder: directory.path("nowhere")) { error in
        failures.withLock { $0.append(error.description) }
      }
      writer.write(end())
      writer.close()
      writer.write(end())
      #expect(failures.withLock { $0.count } == 1)
      #expect(failures.withLock { $0.first }?.contains("No such file or directory") == true)
    }
  }
}

@Suite("The record of notebooks' runs")
struct NotebookRunsTests {
  private func run(
    _ runs: NotebookRuns, _ notebook: String, id: String, at seconds: Int64,
    _ kinds: [RunEvent.Kind]
  ) {
    let writer = runs.begin(
      notebook, id: id, started: seconds * 1_000_000_000, result: notebook
    ) { Issue.record("\($0)") }
    for kind in kinds {
      writer.write(RunEvent(kind, of: RunSubject(run: .name(id)), time: seconds * 1_000_000_000))
    }
    writer.close()
  }

  private func statuses(_ runs: NotebookRuns) throws -> [String] {
    let found = try runs.runs()
    return found.map(\.status)
  }

  private func finished(_ outcome: RunOutcome) -> RunEvent.Kind {
    .runFinished(RunResult(outcome: outcome, cells: [], duration: .seconds(2)))
  }

  @Test("lists runs, newest first, with their status, and finds them by part of the name")
  func list() throws {
    try TemporaryDirectory.with { directory in
      let runs = NotebookRuns(directory: directory.path("state"))
      #expect(try runs.runs() == [])
      run(runs, "/a.ipynb", id: "1111-aaaa-x", at: 1_000, [finished(.completed)])
      run(runs, "/b.ipynb", id: "2222-bbbb-x", at: 2_000, [finished(.failed(cell: 1))])
      run(runs, "/a.ipynb", id: "2233-cccc-x", at: 3_000, [finished(.stopped(signal: 2))])
      run(runs, "/c.ipynb", id: "4444", at: 4_000, [.runFailed(RunFailure(message: "no", code: 5))])
      run(runs, "/d.ipynb", id: "5555", at: 5_000, [.kernelStarting(name: "python3")])
      let all = try runs.runs()
      #expect(all.map(\.notebook) == ["/d.ipynb", "/c.ipynb", "/a.ipynb", "/b.ipynb", "/a.ipynb"])
      #expect(all.map(\.status) == ["killed", "failed", "interrupted", "failed", "succeeded"])
      #expect(all.last?.duration == .seconds(2) && all.first?.duration == nil)
      #expect(all.last?.name == "19700101-001640-1111aaaa")
      #expect(try runs.runs(of: "/a.ipynb", limit: 1).first?.id == "2233-cccc-x")
      #expect(try runs.runs(named: "22").count == 2)
      #expect(try runs.runs(named: "2222b") == [all[3]])
      #expect(try runs.runs(named: "19700101-001640-1111aaaa").count == 1)
      #expect(try runs.runs(named: "").isEmpty)
    }
  }

  @Test("an active run is listed as running, and is not removed")
  func running() throws {
    try TemporaryDirectory.with { directory in
      let runs = NotebookRuns(directory: directory.path)
      run(runs, "/a.ipynb", id: "1111", at: 1_000, [finished(.completed)])
      let folder = try #require(try runs.runs().first).folder
      var log: LogFile? = nil
      unlink("\(folder)/events.jsonl")
      log = try LogFile(in: folder)
      try log?.add([])
      #expect(try statuses(runs) == ["running"])
      runs.removeOldRuns(keeping: 0)
      #expect(try runs.runs().count == 1)
      log = nil
      #expect(try statuses(runs) == ["killed"])
      runs.removeOldRuns(keeping: 0)
      #expect(try runs.runs().isEmpty)
    }
  }

  @Test("the oldest runs are removed beyond a number and a size")
  func bounded() throws {
    try TemporaryDirectory.with { directory in
      let runs = NotebookRuns(directory: directory.path)
      for number in 1...6 {
        let text = String(repeating: "x", count: 10_000)
        run(
          runs, "/\(number).ipynb", id: "\(number)\(number)", at: Int64(number),
          [.text(cell: 0, stream: "stdout", text: text), finished(.completed)])
      }
      runs.removeOldRuns(keeping: 4)
      let kept = try runs.runs()
      #expect(kept.map(\.notebook) == ["/6.ipynb", "/5.ipynb", "/4.ipynb", "/3.ipynb"])
      runs.removeOldRuns(bytes: 25_000)
      let left = try runs.runs()
      #expect(left.map(\.notebook) == ["/6.ipynb", "/5.ipynb"])
    }
  }

  @Test("the end of a run is found before warnings that follow it, however long it is")
  func lateWarning() throws {
    try TemporaryDirectory.with { directory in
      let runs = NotebookRuns(directory: directory.path)
      let cells = (0..<1_000).map { CellResult(index: $0, id: nil, firstLine: "x = \($0)") }
      run(
        runs, "/a.ipynb", id: "11", at: 1,
        [
          .runFinished(RunResult(outcome: .failed(cell: 0), cells: cells)),
          .warning(RunWarning("late")),
        ])
      let found = try statuses(runs)
      #expect(found == ["failed"])
    }
  }

  @Test("folders that Lyre did not create are neither listed nor removed")
  func foreign() throws {
    try TemporaryDirectory.with { directory in
      let runs = NotebookRuns(directory: directory.path)
      run(runs, "/a.ipynb", id: "11", at: 1, [finished(.completed)])
      let names = ["exp-1", "May03-12-00", "20240101-120000-abc", "20240101-120000-abc-d"]
      for name in names {
        _ = try directory.makeDirectory("runs/\(name)")
        try directory.write("mine", to: "runs/\(name)/model.bin")
      }
      runs.removeOldRuns(keeping: 0)
      #expect(try runs.runs().isEmpty)
      for name in names {
        #expect(try directory.read("runs/\(name)/model.bin") == Array("mine".utf8))
      }
    }
  }

  @Test("it is inaccessible to others, and nothing is recorded in folders that others can write to")
  func modes() throws {
    try TemporaryDirectory.with { directory in
      let state = directory.path("state")
      let runs = NotebookRuns(directory: state)
      run(runs, "/a.ipynb", id: "1111", at: 1_000, [finished(.completed)])
      let folder = try #require(try runs.runs().first).folder
      for (path, mode) in [
        (state, 0o700), ("\(state)/runs", 0o700), (folder, 0o700),
        ("\(folder)/events.jsonl", 0o600), ("\(folder)/about.json", 0o600),
      ] as [(String, UInt32)] {
        var status = stat()
        #expect(lstat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == mode, "\(path)")
      }
      chmod(state, 0o777)
      let failures = Mutex<[String]>([])
      let writer = runs.begin("/b.ipynb", id: "2", started: 0, result: nil) { error in
        failures.withLock { $0.append(error.description) }
      }
      writer.write(RunEvent(finished(.completed), of: RunSubject(), time: 0))
      writer.close()
      #expect(failures.withLock { $0.first }?.contains("open to other users") == true)
      #expect(throws: HistoryError.self) { try runs.runs() }
    }
  }
}

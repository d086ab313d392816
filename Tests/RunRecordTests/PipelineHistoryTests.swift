import GRDB
import Glibc
import KernelTesting
import SystemSupport
import Testing

@testable import RunRecord

@Suite("The index of pipelines' runs")
struct PipelineHistoryTests {
  private let pipeline = "/p.pipeline"

  private func begin(_ history: PipelineHistory, nodes: Int = 2) throws -> RunEntry {
    try history.begin(
      pipeline, name: "p-1",
      nodes: (0..<nodes).map {
        NewNode(id: "n\($0)", label: "node \($0)", file: "\($0).sh", isSelected: true)
      }, plan: Array("{}".utf8), warn: { Issue.record("\($0)") })
  }

  private func ended(_ place: Int, _ status: String = "succeeded") -> EndedNode {
    EndedNode(place: place, status: status)
  }

  /// A record of a version of Lyre: its tables, with a run.
  private func makeOld(_ directory: String, migration: String) throws {
    try RecordFolder.make(directory)
    let path = "\(directory)/pipelines.sqlite"
    try RecordTrust.make(path)
    let pool = try DatabasePool(path: path)
    try RecordSchema.migrations.migrate(pool, upTo: migration)
    try pool.write { database in
      try database.execute(
        sql: """
          INSERT INTO facts VALUES ('salt', 'pepper');
          INSERT INTO runs (pipeline, name, process, started, status, duration)
            VALUES ('/p.pipeline', 'p-0', 1, 5, 'succeeded', 7000000000);
          INSERT INTO nodes (run, place, node, label, status, attempts, inputs, outputs, token)
            VALUES (1, 0, 'n0', 'node 0', 'succeeded', 1, '{"source":"abc"}', '{}', 'run 1');
          """)
    }
    try pool.close()
  }

  @Test(
    "a record of every earlier version is migrated without losing anything",
    arguments: RecordSchema.migrations.migrations)
  func migrations(name: String) throws {
    try TemporaryDirectory.with { directory in
      try makeOld(directory.path("state"), migration: name)
      // By the first user: a reader or a writer.
      let history = try #require(try PipelineHistory.reading(directory.path("state")))
      let run = try #require(try history.run(1))
      #expect(run.status == "succeeded" && run.duration == .seconds(7))
      #expect(run.counts == ["succeeded": 1] && run.plan == nil)
      let node = try #require(try history.nodes(of: 1).first)
      #expect(node.id == "n0" && node.executed == nil && node.cellTexts == nil)
      #expect(try history.past(of: pipeline).nodes["n0"]?.inputs.parts == ["source": "abc"])
      let writing = try PipelineHistory(directory: directory.path("state"))
      #expect(writing.salt == "pepper")
      let entry = try begin(writing)
      entry.finish("succeeded", duration: .seconds(1))
      let runs = try writing.runs()
      #expect(runs.map(\.id) == [2, 1])
    }
  }

  @Test("the migrations keep their names and their order")
  func released() {
    #expect(
      RecordSchema.migrations.migrations == [
        "runs, nodes and hashes of files", "what runs were and what they gave",
      ])
  }

  @Test("a record of a newer version is readable, but not writable")
  func newer() throws {
    try TemporaryDirectory.with { directory in
      let state = directory.path("state")
      let history = try PipelineHistory(directory: state)
      try begin(history).finish("succeeded", duration: .seconds(1))
      var migrator = RecordSchema.migrations
      migrator.registerMigration("of the future") { database in
        try database.execute(sql: "ALTER TABLE runs ADD COLUMN wings TEXT")
      }
      try migrator.migrate(try #require(history.writer))
      let reading = try #require(try PipelineHistory.reading(state))
      #expect(reading.notice?.contains("newer version of Lyre") == true)
      #expect(try reading.run(1)?.status == "succeeded")
      #expect(throws: HistoryError.self) { try begin(reading) }
      let error = #expect(throws: HistoryError.self) { try PipelineHistory(directory: state) }
      #expect(error?.description.contains("newer version of Lyre") == true)
    }
  }

  @Test("without a record, reading finds none and creates none")
  func none() throws {
    try TemporaryDirectory.with { directory in
      let found = try PipelineHistory.reading(directory.path("state"))
      #expect(found == nil)
      #expect(!FilePath.exists(directory.path("state")))
    }
  }

  @Test("a record that is opened while a program closes it shows later runs")
  func openedAtTheEndOfARun() async throws {
    try await TemporaryDirectory.with { directory in
      let state = directory.path("state")
      try begin(PipelineHistory(directory: state)).finish("succeeded", duration: .seconds(1))
      let readers = try await withThrowingTaskGroup(of: [PipelineHistory].self) { group in
        group.addTask {
          for _ in 0..<30 { _ = try PipelineHistory(directory: state).runs() }
          return []
        }
        group.addTask { try (0..<120).compactMap { _ in try PipelineHistory.reading(state) } }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      try begin(PipelineHistory(directory: state)).finish("succeeded", duration: .seconds(1))
      let seen = try readers.map { try $0.runs().count }
      #expect(seen == Array(repeating: 2, count: 120))
    }
  }

  @Test("several programs can create and open it at once, and get the same salt")
  func atOnce() async throws {
    try await TemporaryDirectory.with { directory in
      let state = directory.path("state")
      let salts = try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<6 { group.addTask { try PipelineHistory(directory: state).salt } }
        return try await group.reduce(into: Set<String>()) { $0.insert($1) }
      }
      #expect(salts.count == 1 && salts.first?.isEmpty == false)
    }
  }

  @Test("everything that two programs write at once is recorded")
  func twoWriters() async throws {
    try await TemporaryDirectory.with { directory in
      let state = directory.path("state")
      try await withThrowingTaskGroup { group in
        for program in 0..<3 {
          group.addTask {
            let history = try PipelineHistory(directory: state)
            for _ in 0..<5 {
              let entry = try history.begin(
                "/\(program).pipeline", name: "p",
                nodes: [NewNode(id: "n", label: "n", file: nil, isSelected: true)],
                plan: Array("{\"\(program)\":1}".utf8), warn: { Issue.record("\($0)") })
              entry.ended(EndedNode(place: 0, status: "succeeded"))
              entry.finish("succeeded", duration: .seconds(1))
            }
          }
        }
        try await group.waitForAll()
      }
      let runs = try #require(try PipelineHistory.reading(state)).runs(limit: 100)
      #expect(runs.count == 15)
      #expect(runs.allSatisfy { $0.status == "succeeded" && $0.counts == ["succeeded": 1] })
    }
  }

  @Test(
    "a killed run is reported at once: its started nodes are killed, the others not run"
  )
  func killed() throws {
    try TemporaryDirectory.with { directory in
      let history = try PipelineHistory(directory: directory.path("state"))
      let entry = try begin(history, nodes: 4)
      entry.begins(0, log: "\(entry.folder)/1-a.log")
      entry.ended(ended(0))
      entry.begins(1, log: "\(entry.folder)/2-b.log")
      entry.flush()
      // As if the program had been killed before this reached the database.
      try StartedNodes(folder: entry.folder).add(2, log: "3-c.log")
      for history in [history, try #require(try PipelineHistory.reading(directory.path("state")))] {
        let run = try #require(try history.run(entry.run))
        #expect(run.status == "killed" && run.killedCount == 2)
        #expect(run.counts == ["succeeded": 1, "not_run": 1])
        let nodes = try history.nodes(of: entry.run)
        #expect(nodes.map(\.status) == ["succeeded", "killed", "killed", "not_run"])
        #expect(nodes[2].log == "\(entry.folder)/3-c.log")
      }
      // The next run records it.
      let next = try begin(history)
      next.finish("succeeded", duration: .seconds(1))
      let run = try #require(try history.run(entry.run))
      #expect(run.status == "killed" && run.killedCount == 2)
      #expect(run.counts == ["succeeded": 1, "not_run": 1])
      #expect(try history.nodes(of: entry.run)[2].log == "\(entry.folder)/3-c.log")
      #expect(try history.past(of: pipeline).nodes["n2"]?.status == "killed")
    }
  }

  @Test("a run is active as long as the lock of its pipeline is held")
  func running() throws {
    try TemporaryDirectory.with { directory in
      let history = try PipelineHistory(directory: directory.path("state"))
      var lock = try history.takeLock(of: pipeline)
      #expect(lock != nil)
      let entry = try begin(history)
      #expect(try history.run(entry.run)?.status == "running")
      lock = nil
      #expect(try history.run(entry.run)?.status == "killed")
    }
  }

  @Test("a hundred runs of a pipeline are kept, and those with a node's latest result")
  func purge() throws {
    try TemporaryDirectory.with { directory in
      let history = try PipelineHistory(directory: directory.path("state"))
      let first = try begin(history)
      first.begins(0, log: "\(first.folder)/1-a.log")
      first.ended(ended(0))
      let name = try first.keep([Array("notebook".utf8)[...]], of: 0)
      var last = ended(0)
      last.executed = name
      first.ended(last)
      first.ended(ended(1, "skipped"))
      first.finish("succeeded", duration: .seconds(1))
      let forgotten = try begin(history)
      let other = try forgotten.keep([Array("other notebook".utf8)[...]], of: 1)
      forgotten.ended(ended(0, "cached"))
      forgotten.ended(ended(1, "skipped"))
      forgotten.finish("succeeded", duration: .seconds(1))
      for _ in 0..<PipelineHistory.keptRuns {
        let entry = try begin(history)
        entry.ended(ended(0, "cached"))
        entry.ended(ended(1, "not_run"))
        entry.finish("failed", duration: .seconds(1))
      }
      let runs = try history.runs(limit: 1_000).map(\.id)
      #expect(runs.count == PipelineHistory.keptRuns + 1)
      #expect(runs.last == first.run && !runs.contains(forgotten.run))
      #expect(FilePath.exists(first.folder) && !FilePath.exists(forgotten.folder))
      #expect(try history.content(name) == Array("notebook".utf8))
      #expect(throws: HistoryError.self) { try history.content(other) }
      #expect(try history.past(of: pipeline).nodes["n0"]?.run == first.run)
    }
  }

  @Test("it reports whether the results that a node depends on are written")
  func written() throws {
    try TemporaryDirectory.with { directory in
      let history = try PipelineHistory(directory: directory.path("state"))
      let entry = try begin(history)
      #expect(entry.hasWritten([]) && entry.hasWritten([0, 1]))
      entry.ended(ended(0))
      entry.flush()
      #expect(entry.hasWritten([0, 1]))
      entry.finish("succeeded", duration: .seconds(1))
      #expect(try history.run(entry.run)?.status == "succeeded")
    }
  }
}

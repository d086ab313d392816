import GRDB
import Glibc
import KernelTesting
import Synchronization
import Testing

@testable import RunRecord

@Suite("Changes waiting to be written to the record", .timeLimit(.minutes(1)))
struct RecordQueueTests {
  /// Counts the transactions of a database.
  private final class Commits: TransactionObserver, Sendable {
    let count = Atomic<Int>(0)
    let stream: AsyncStream<Void>
    private let tell: AsyncStream<Void>.Continuation

    init() { (stream, tell) = AsyncStream.makeStream() }

    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
    func databaseDidChange(with event: DatabaseEvent) {}
    func databaseDidRollback(_ db: Database) {}
    func databaseDidCommit(_ db: Database) {
      count.add(1, ordering: .relaxed)
      tell.yield()
    }
  }

  private final class Flag: Sendable {
    private let value = Atomic<Bool>(false)
    var isRaised: Bool { value.load(ordering: .acquiring) }
    func raise() { value.store(true, ordering: .releasing) }
  }

  private func withDatabase(_ body: (DatabasePool) async throws -> Void) async throws {
    try await TemporaryDirectory.with { directory in
      let pool = try DatabasePool(path: directory.path("db.sqlite"))
      try await pool.write { try $0.execute(sql: "CREATE TABLE numbers (value INTEGER)") }
      try await body(pool)
    }
  }

  private static let insert = "INSERT INTO numbers (value) VALUES (?)"

  private func numbers(_ database: Database) throws -> [Int] {
    try Int.fetchAll(database, sql: "SELECT value FROM numbers ORDER BY rowid")
  }

  @Test("many changes are one transaction, in order")
  func batch() async throws {
    try await withDatabase { pool in
      let commits = Commits()
      pool.add(transactionObserver: commits)
      let queue = RecordQueue(pool, delay: .seconds(3600)) { Issue.record("\($0)") }
      for number in 0..<1_000 { queue.add(RecordQueueTests.insert, [number]) }
      #expect(try await pool.read(numbers) == [])
      #expect(!queue.hasWritten(1))
      try queue.flush()
      #expect(queue.hasWritten(1_000) && !queue.hasWritten(1_001))
      #expect(try await pool.read(numbers) == Array(0..<1_000))
      #expect(commits.count.load(ordering: .relaxed) == 1)
      try queue.flush()
      #expect(commits.count.load(ordering: .relaxed) == 1)
    }
  }

  @Test("changes are written after a moment, and the rest at the end")
  func byItself() async throws {
    try await withDatabase { pool in
      let commits = Commits()
      pool.add(transactionObserver: commits)
      let queue = RecordQueue(pool) { Issue.record("\($0)") }
      queue.add(RecordQueueTests.insert, [1])
      for await _ in commits.stream { break }
      #expect(try await pool.read(numbers) == [1])
      queue.add(RecordQueueTests.insert, [2])
      try queue.close()
      #expect(try await pool.read(numbers) == [1, 2])
    }
  }

  @Test("changes that could not be written are written later, completely and in order")
  func failure() async throws {
    try await withDatabase { pool in
      try await pool.write { database in
        try database.execute(
          sql: """
            CREATE TRIGGER full BEFORE INSERT ON numbers WHEN new.value = 2
            BEGIN SELECT RAISE(ABORT, 'no room'); END
            """)
      }
      let failures = Mutex<[String]>([])
      let queue = RecordQueue(pool, delay: .seconds(3600)) { error in
        failures.withLock { $0.append("\(error)") }
      }
      for number in 1...3 { queue.add(RecordQueueTests.insert, [number]) }
      #expect(throws: DatabaseError.self) { try queue.flush() }
      #expect(try await pool.read(numbers) == [])
      queue.add(RecordQueueTests.insert, [4])
      try await pool.write { try $0.execute(sql: "DROP TRIGGER full") }
      try queue.close()
      #expect(try await pool.read(numbers) == [1, 2, 3, 4])
      #expect(failures.withLock { $0 } == [])
    }
  }

  @Test("a failure in the background is reported")
  func told() async throws {
    try await withDatabase { pool in
      let (failures, tell) = AsyncStream<String>.makeStream()
      let queue = RecordQueue(pool, delay: .zero) { tell.yield("\($0)") }
      queue.add("INSERT INTO nowhere VALUES (1)")
      for await failure in failures {
        #expect(failure.contains("nowhere"))
        break
      }
      #expect(throws: DatabaseError.self) { try queue.close() }
    }
  }

  @Test("readers find a consistent state, and a flush waits for its changes")
  func prefixes() async throws {
    try await withDatabase { pool in
      let queue = RecordQueue(pool, delay: .zero) { Issue.record("\($0)") }
      let isDone = Flag()
      try await withThrowingTaskGroup { group in
        group.addTask {
          for number in 0..<3_000 {
            queue.add(RecordQueueTests.insert, [number])
            if number % 100 == 0 {
              try queue.flush()
              let written = try await pool.read { try self.numbers($0).count }
              #expect(written > number)
            }
          }
          isDone.raise()
        }
        group.addTask {
          while !isDone.isRaised {
            let found = try await pool.read { try self.numbers($0) }
            #expect(found == Array(0..<found.count))
          }
        }
        try await group.waitForAll()
      }
      try queue.close()
      #expect(try await pool.read(numbers) == Array(0..<3_000))
    }
  }
}

@Suite("Started nodes of a killed run")
struct StartedNodesTests {
  @Test("are found with their logs, without a truncated line")
  func logs() throws {
    try TemporaryDirectory.with { directory in
      let started = StartedNodes(folder: directory.path)
      #expect(started.logs.isEmpty)
      try started.add(0, log: "1-a b.log")
      try started.add(7, log: nil)
      try started.add(0, log: "1-a b.log")
      let file = try #require(fopen(directory.path("started"), "a"))
      fputs("12 13-cut", file)
      fclose(file)
      #expect(started.logs == [0: directory.path("1-a b.log"), 7: nil])
    }
  }
}

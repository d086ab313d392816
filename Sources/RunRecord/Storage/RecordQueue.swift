import GRDB
import Synchronization
import SystemSupport

/// A queue of changes to the record's database, written many in one transaction.
///
/// They are written in the order in which they were added, so the database always has a state that
/// was true at some moment of the run: a crash loses at most the newest changes, those of the last
/// ``RecordQueue/delay``.
final class RecordQueue: Sendable {
  private let changes: WaitingChanges
  private let worker: DelayedWorker

  /// The longest time that a change waits for others.
  static let delay = Duration.milliseconds(50)

  /// Creates an empty queue.
  ///
  /// - Parameters:
  ///   - writer: the database.
  ///   - delay: how long a change waits for others.
  ///   - onFailure: called on any thread when changes could not be written; they stay in the queue,
  ///     and are written with the next ones.
  init(
    _ writer: any DatabaseWriter, delay: Duration = RecordQueue.delay,
    onFailure: @escaping @Sendable (any Error) -> Void
  ) {
    let changes = WaitingChanges(writer)
    self.changes = changes
    worker = DelayedWorker(delay: delay) {
      do {
        try changes.write()
      } catch {
        onFailure(error)
      }
    }
  }

  /// Adds a change; never waits.
  ///
  /// - Returns: its number, for ``hasWritten(_:)``.
  @discardableResult
  func add(_ sql: String, _ arguments: StatementArguments = []) -> Int {
    defer { worker.ask() }
    return changes.add(sql, arguments)
  }

  /// Whether a change is in the database.
  func hasWritten(_ number: Int) -> Bool { changes.writtenCount >= number }

  /// Writes all changes added before, and returns when they are in the database.
  ///
  /// It blocks, so call it on a thread of its own.
  ///
  /// - Throws: why it could not be written.
  func flush() throws { try changes.write() }

  /// Writes the pending changes, and ends the thread.
  ///
  /// It blocks, so call it on a thread of its own.
  ///
  /// - Throws: why it could not be written.
  func close() throws {
    worker.end()
    try changes.write()
  }
}

private final class WaitingChanges: Sendable {
  private struct Change: Sendable {
    var sql: String
    var arguments: StatementArguments
  }

  private struct State {
    var waiting: [Change] = []
    /// The number of changes that were taken, and are not yet in the database.
    var takenCount = 0
    /// The number of changes added, and the number of those in the database.
    var addedCount = 0
    var writtenCount = 0
  }

  private let state = Mutex(State())
  private let writer: any DatabaseWriter

  init(_ writer: any DatabaseWriter) {
    self.writer = writer
  }

  var writtenCount: Int { state.withLock { $0.writtenCount } }

  func add(_ sql: String, _ arguments: StatementArguments) -> Int {
    state.withLock { state in
      state.waiting.append(Change(sql: sql, arguments: arguments))
      state.addedCount += 1
      return state.addedCount
    }
  }

  func write() throws {
    if state.withLock({ $0.waiting.isEmpty && $0.takenCount == 0 }) { return }
    // Only one thread at a time runs this, so the order is kept.
    try writer.write { database in
      let changes = state.withLock { state in
        defer { state.waiting = [] }
        state.takenCount = state.waiting.count
        return state.waiting
      }
      database.afterNextTransaction(
        onCommit: { [self] _ in
          state.withLock { state in
            state.writtenCount += state.takenCount
            state.takenCount = 0
          }
        },
        onRollback: { [self] _ in
          state.withLock { state in
            state.waiting = changes + state.waiting
            state.takenCount = 0
          }
        })
      for change in changes {
        try database.cachedStatement(sql: change.sql).execute(arguments: change.arguments)
      }
    }
  }
}

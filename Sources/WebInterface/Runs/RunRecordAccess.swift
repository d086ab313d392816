import RunRecord
import RunViews
import Synchronization
import SystemSupport

/// The record of runs, which other programs write meanwhile, and which may not exist yet.
final class RunRecordAccess: Sendable {
  /// A state of the record; if it is another one, something in the list of runs has changed.
  struct Mark: Sendable, Equatable {
    fileprivate var files: [FileSignature?]
    /// The notebooks' runs that were going on.
    fileprivate var going: [String]
  }

  /// The directory.
  let directory: String

  private struct Opened {
    var identity: FileIdentity
    var history: PipelineHistory
  }

  private let opened = Mutex<Opened?>(nil)

  /// - Parameter directory: the directory of the record.
  init(_ directory: String) {
    self.directory = directory
  }

  private var database: String { "\(directory)/pipelines.sqlite" }

  /// The runs of pipelines; nil if there is no record yet.
  ///
  /// - Throws: ``WebError`` if the record cannot be read.
  func pipelines() throws(WebError) -> PipelineHistory? {
    let identity = FileIdentity(database)
    if let found = opened.withLock({ $0 }), found.identity == identity { return found.history }
    guard let identity else { return nil }
    let history = try reported { () throws(HistoryError) in
      try PipelineHistory.reading(directory)
    }
    if let history {
      opened.withLock { $0 = Opened(identity: identity, history: history) }
    }
    return history
  }

  /// All runs.
  ///
  /// - Throws: ``WebError`` if the record cannot be read.
  func runs() throws(WebError) -> RecordedRuns {
    RecordedRuns(directory, pipelines: try pipelines())
  }

  /// The run with a name.
  ///
  /// - Throws: ``WebError``, also if there is none.
  func run(_ name: String) throws(WebError) -> AnyRun {
    let runs = try runs()
    let run = try reported { () throws(HistoryError) in try runs.named(name) }
    guard let run else {
      throw .notFound(
        "there is no run '\(name)' in the record", remedy: "the record keeps the latest runs only")
    }
    return run
  }

  /// Calls a function whose errors become answers.
  func reported<R>(_ body: () throws(HistoryError) -> R) throws(WebError) -> R {
    do throws(HistoryError) {
      return try body()
    } catch {
      throw .failure(error.description)
    }
  }

  /// The state of the record.
  ///
  /// - Parameter last: the last state, from which it is known which runs were going on.
  func mark(after last: Mark?) async -> Mark {
    let files = [database, "\(database)-wal", "\(directory)/runs"].map { FileSignature($0) }
    // The end of a notebook's run changes none of these files.
    if let last, last.files == files, last.going.isEmpty { return last }
    let directory = directory
    let going = await onOwnThread {
      let runs = try? NotebookRuns(directory: directory).runs(limit: 20)
      return (runs ?? []).filter { $0.status == "running" }.map(\.name)
    }
    return Mark(files: files, going: going)
  }
}

import Glibc
import JSONCore
import RunEvents
import SystemSupport

/// The runs of single notebooks in the record: a folder each, and no database.
///
/// The folders are the index, so that a run costs nothing for it; whoever lists the runs reads them.
public struct NotebookRuns: Sendable {
  /// The folder of all runs.
  let folder: String
  /// The directory of the record.
  private let directory: String

  /// How many runs are kept.
  static let keptRuns = 200
  /// How many bytes the runs may take together.
  static let keptBytes: Int64 = 256 << 20

  /// The runs in the record of a directory, see ``PipelineHistory/defaultDirectory(environment:)``.
  public init(directory: String) {
    self.directory = directory
    folder = "\(directory)/runs"
  }

  /// Begins the record of a run.
  ///
  /// Nothing is done before its first event, and nothing by the caller's thread.
  ///
  /// - Parameters:
  ///   - notebook: the notebook, absolute.
  ///   - id: the run's id, as its events have it.
  ///   - started: when it begins, in nanoseconds since 1970-01-01 00:00 UTC.
  ///   - result: the file that gets all outputs; nil when there is none.
  ///   - onFailure: called once, on any thread, when the run cannot be recorded.
  public func begin(
    _ notebook: String, id: String, started: Int64, result: String?,
    onFailure: @escaping @Sendable (HistoryError) -> Void
  ) -> RunLogWriter {
    let run = "\(folder)/\(NotebookRuns.name(id, started))"
    return RunLogWriter(
      folder: run, whole: { _ in result },
      prepare: { () throws(HistoryError) in
        try RecordFolder.make(folder)
        try RecordTrust.check(directory)
        removeOldRuns()
        try RecordFolder.make(run)
        try about(notebook, id, started, in: run)
      }, onFailure: onFailure)
  }

  /// `20261129-105312-3fa9c1d2`: sorted by time, and short enough to type the end of it.
  static func name(_ id: String, _ started: Int64) -> String {
    let digits = JSONDate.text(nanoseconds: started, digits: 6).filter(\.isNumber)
    let end = id.lazy.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(8)
    return "\(digits.prefix(8))-\(digits.dropFirst(8).prefix(6))-\(String(end))"
  }

  private func about(_ notebook: String, _ id: String, _ started: Int64, in run: String)
    throws(HistoryError)
  {
    let value: JSONValue = [
      "notebook": .init(notebook), "run": .init(id),
      "started": .init(JSONDate.text(nanoseconds: started, digits: 6)),
      "process": .init(Int(getpid())),
    ]
    let path = "\(run)/\(NotebookRuns.aboutName)"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    do throws(SystemError) {
      guard descriptor >= 0 else { throw SystemError() }
      defer { close(descriptor) }
      try writeAll(descriptor, (value.serialized() + [0x0A])[...])
    } catch {
      throw HistoryError.unwritable("'\(path)' cannot be written: \(error)")
    }
  }

  static let aboutName = "about.json"

  // MARK: Reading

  /// The last runs, newest first.
  ///
  /// - Parameters:
  ///   - notebook: the notebook, absolute; nil for all.
  ///   - limit: how many at most.
  /// - Throws: ``HistoryError`` where the record is not this user's.
  public func runs(of notebook: String? = nil, limit: Int = 20) throws(HistoryError)
    -> [RecordedNotebookRun]
  {
    try RecordTrust.check(directory)
    var result: [RecordedNotebookRun] = []
    for name in names.reversed() {
      guard result.count < limit else { break }
      guard let run = RecordedNotebookRun(name: name, in: "\(folder)/\(name)") else { continue }
      if notebook == nil || run.notebook == notebook { result.append(run) }
    }
    return result
  }

  /// The runs that a text may mean: the whole name, or how its last part or the id begins.
  ///
  /// - Throws: ``HistoryError`` where the record is not this user's.
  public func runs(named text: String) throws(HistoryError) -> [RecordedNotebookRun] {
    guard !text.isEmpty else { return [] }
    return try runs(limit: .max).filter { run in
      run.name == text || run.shortName.hasPrefix(text) || run.id.hasPrefix(text)
    }
  }

  /// Pipelines' runs have numbers.
  private var names: [String] {
    FilePath.names(in: folder).filter { $0.contains("-") }
  }

  // MARK: Removing

  /// Removes the oldest runs beyond what is kept; those that go on stay.
  func removeOldRuns(
    keeping kept: Int = NotebookRuns.keptRuns - 1, bytes most: Int64 = NotebookRuns.keptBytes
  ) {
    var bytes: Int64 = 0
    for (place, name) in names.reversed().enumerated() {
      let run = "\(folder)/\(name)"
      var status = stat()
      if lstat("\(run)/\(LogFile.name)", &status) == 0 { bytes += Int64(status.st_size) }
      guard place >= kept || bytes > most, !LogFile.isBeingWritten(in: run) else { continue }
      FilePath.removeTree(run)
    }
  }
}

/// A run of a notebook as the record has it.
public struct RecordedNotebookRun: Sendable, Hashable {
  /// Its name in the record.
  public var name: String
  /// The folder with its log, for ``RunLogReader``.
  public var folder: String
  /// Its id, as its events have it.
  public var id: String
  /// The notebook, absolute.
  public var notebook: String
  /// When it began, in nanoseconds since 1970-01-01 00:00 UTC.
  public var started: Int64
  /// How long it took; nil while it runs, and when that is not known.
  public var duration: Duration?
  /// `running`, `killed`, `failed` where it could not be run at all, or how it ended: `succeeded`,
  /// `interrupted`, or the name of a ``RunEvents/RunOutcome``.
  public var status: String

  /// The last part of its name, which is enough to name it.
  public var shortName: String { name.split(separator: "-").last.map(String.init) ?? name }

  /// Nil where there is no such run.
  init?(name: String, in folder: String) {
    guard let opened = try? Trust.openFile("\(folder)/\(NotebookRuns.aboutName)") else {
      return nil
    }
    defer { close(opened) }
    guard let bytes = try? readAll(opened, maximum: 1 << 20),
      let about = try? JSONValue(parsing: bytes), let notebook = about["notebook"]?.string,
      let started = about["started"]?.string.flatMap(JSONDate.nanoseconds)
    else { return nil }
    self.name = name
    self.folder = folder
    self.notebook = notebook
    self.started = started
    id = about["run"]?.string ?? ""
    // Looked at before the log is read, as by those who follow it.
    let isRunning = LogFile.isBeingWritten(in: folder)
    status = isRunning ? "running" : "killed"
    guard !isRunning, let end = LogFile.lastEvents(in: folder).last(where: \.endsRun) else {
      return
    }
    switch end.kind {
    case .runFinished(let result):
      duration = result.duration
      switch result.outcome {
      case .completed: status = "succeeded"
      case .stopped: status = "interrupted"
      default: status = result.outcome.name
      }
    default: status = "failed"
    }
  }
}

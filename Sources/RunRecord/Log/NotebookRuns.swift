import Glibc
import JSONCore
import RunEvents
import Synchronization
import SystemSupport

/// The record of runs of single notebooks: one folder each, without a database.
///
/// The folders are the index, so a run has no cost for it; listing the runs reads the folders.
public struct NotebookRuns: Sendable {
  /// The folder of all runs.
  let folder: String
  /// The directory of the record.
  private let directory: String
  private let upkeep = Upkeep()

  /// The number of runs to keep.
  static let keptRuns = 200
  /// The maximum size of all runs together, in bytes.
  static let keptBytes: Int64 = 256 << 20

  /// The runs in the record in a directory, see ``PipelineHistory/defaultDirectory(environment:)``.
  public init(directory: String) {
    self.directory = directory
    folder = "\(directory)/runs"
  }

  /// Begins the record of a run.
  ///
  /// Nothing is written before its first event, and nothing on the caller's thread.
  ///
  /// - Parameters:
  ///   - notebook: the absolute path of the notebook.
  ///   - id: the run's id in its events.
  ///   - started: when it begins, in nanoseconds since 1970-01-01 00:00 UTC.
  ///   - result: the file with the complete outputs; nil if there is none.
  ///   - onFailure: called at most once, on any thread, when the run cannot be recorded.
  public func begin(
    _ notebook: String, id: String, started: Int64, result: String?,
    onFailure: @escaping @Sendable (HistoryError) -> Void
  ) -> RunLogWriter {
    let run = "\(folder)/\(NotebookRuns.name(id, started))"
    return RunLogWriter(
      folder: run, whole: { _ in result },
      prepare: { () throws(HistoryError) in
        try RecordFolder.make(directory)
        try RecordTrust.check(directory)
        if upkeep.isDue() { removeOldRuns() }
        try RecordFolder.make(run)
        try about(notebook, id, started, result, in: run)
      }, onFailure: onFailure)
  }

  /// The name of a run, such as `20261129-105312-3fa9c1d2`: it sorts by time, and its end is short
  /// enough to type.
  static func name(_ id: String, _ started: Int64) -> String {
    let digits = JSONDate.text(nanoseconds: started, digits: 6).filter(\.isNumber)
    return "\(digits.prefix(8))-\(digits.dropFirst(8).prefix(6))-\(shortName(of: id))"
  }

  /// The last part of the name of a run with an id.
  package static func shortName(of id: String) -> String {
    String(id.lazy.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(8))
  }

  private func about(
    _ notebook: String, _ id: String, _ started: Int64, _ result: String?, in run: String
  ) throws(HistoryError) {
    var value: JSONObject = [
      "notebook": .init(notebook), "run": .init(id),
      "started": .init(JSONDate.text(nanoseconds: started, digits: 6)),
      "process": .init(Int(getpid())),
    ]
    if let result { value["result"] = .init(result) }
    let path = "\(run)/\(NotebookRuns.aboutName)"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    do throws(SystemError) {
      guard descriptor >= 0 else { throw SystemError() }
      defer { close(descriptor) }
      try writeAll(descriptor, (JSONValue.object(value).serialized() + [0x0A])[...])
    } catch {
      throw HistoryError.unwritable("'\(path)' cannot be written: \(error)")
    }
  }

  static let aboutName = "about.json"

  // MARK: Reading

  /// The latest runs, newest first.
  ///
  /// - Parameters:
  ///   - notebook: the absolute path of the notebook; nil for all notebooks.
  ///   - limit: the maximum number of runs.
  /// - Throws: ``HistoryError`` if the record does not belong to this user.
  public func runs(of notebook: String? = nil, limit: Int = 20) throws(HistoryError)
    -> [RecordedNotebookRun]
  {
    try RecordTrust.check(directory)
    var result: [RecordedNotebookRun] = []
    for name in names.reversed() {
      // Names have the second; of runs that began in the same one, the order is in their files.
      if result.count >= limit, let last = result.last, name.prefix(15) != last.name.prefix(15) {
        break
      }
      guard let run = RecordedNotebookRun(name: name, in: "\(folder)/\(name)") else { continue }
      if notebook == nil || run.notebook == notebook { result.append(run) }
    }
    return Array(result.sorted { $0.started > $1.started }.prefix(limit))
  }

  /// The runs that a text may refer to: by the complete name, or the start of its last part or of
  /// the id.
  ///
  /// - Throws: ``HistoryError`` if the record does not belong to this user.
  public func runs(named text: String) throws(HistoryError) -> [RecordedNotebookRun] {
    guard !text.isEmpty else { return [] }
    return try runs(limit: .max).filter { run in
      run.name == text || run.shortName.hasPrefix(text) || run.id.hasPrefix(text)
    }
  }

  /// The runs of pipelines have numbers.
  private var names: [String] {
    FilePath.names(in: folder).filter(NotebookRuns.isName)
  }

  /// Whether a folder has a name that ``name(_:_:)`` makes; other folders are not Lyre's.
  private static func isName(_ name: String) -> Bool {
    let parts = name.split(separator: "-", omittingEmptySubsequences: false)
    return parts.count == 3 && parts[0].count == 8 && parts[1].count == 6 && parts[2].count <= 8
      && (parts[0] + parts[1]).allSatisfy { $0.isASCII && $0.isNumber }
      && parts[2].allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
  }

  // MARK: Removing

  /// Removes the oldest runs beyond the limits, except active ones.
  func removeOldRuns(
    keeping kept: Int = NotebookRuns.keptRuns - Upkeep.interval,
    bytes most: Int64 = NotebookRuns.keptBytes
  ) {
    var bytes: Int64 = 0
    for (place, name) in names.reversed().enumerated() {
      let run = "\(folder)/\(name)"
      var status = stat()
      if lstat("\(run)/\(LogFile.name)", &status) == 0 { bytes += Int64(status.st_size) }
      guard place >= kept || bytes > most, !LogFile.isBeingWritten(in: run) else { continue }
      // Only what this user's Lyre has written is removed; a folder without it must be empty.
      guard let about = try? Trust.openFile("\(run)/\(NotebookRuns.aboutName)") else {
        rmdir(run)
        continue
      }
      close(about)
      FilePath.removeTree(run)
    }
  }
}

/// When to remove old runs: at the first run that a program begins, and then now and then, because
/// it looks at all of them.
private final class Upkeep: Sendable {
  /// How many runs begin between.
  static let interval = 20

  private let begun = Atomic(0)

  /// Whether the run that begins now is one before which old ones are removed.
  func isDue() -> Bool { begun.add(1, ordering: .relaxed).oldValue % Upkeep.interval == 0 }
}

/// A run of a notebook in the record.
public struct RecordedNotebookRun: Sendable, Hashable {
  /// Its name in the record.
  public var name: String
  /// The folder with its log, for ``RunLogReader``.
  public var folder: String
  /// Its id in its events.
  public var id: String
  /// The absolute path of the notebook.
  public var notebook: String
  /// The absolute path of the file with its outputs; nil if there is none.
  public var result: String?
  /// When it began, in nanoseconds since 1970-01-01 00:00 UTC.
  public var started: Int64
  /// How long it took; nil while it runs, and if unknown.
  public var duration: Duration?
  /// `running`, `killed`, `log_not_written` if only the beginning of its log could be written,
  /// `not_written` if the result could not be written, `failed` if it could not be run, or how it ended: `succeeded`, `interrupted`, or the name of a ``RunEvents/RunOutcome``.
  public var status: String

  /// The last part of its name, which is enough to refer to it.
  public var shortName: String { name.split(separator: "-").last.map(String.init) ?? name }

  /// Reads a run; nil if it does not exist.
  init?(name: String, in folder: String) {
    // A link to another run's folder is not a run.
    guard let own = try? Trust.openDirectory(folder) else { return nil }
    close(own)
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
    result = about["result"]?.string
    // Checked before the log is read, as followers of the log do.
    let isRunning = LogFile.isBeingWritten(in: folder)
    status = isRunning ? "running" : "killed"
    let last = isRunning ? [] : LogFile.lastEvents(in: folder)
    guard let end = last.last(where: \.endsRun) else {
      if !isRunning, LogFile.isIncomplete(in: folder) { status = "log_not_written" }
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
    let isLost = last.contains { event in
      if case .warning(let warning) = event.kind { warning.kind == .notWritten } else { false }
    }
    if isLost { status = "not_written" }
  }
}

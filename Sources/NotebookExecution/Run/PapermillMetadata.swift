public import JSONCore
import JupyterProtocol
import NotebookDocument
import RunEvents
import SystemSupport

/// The metadata in papermill's format: `metadata.papermill` of the notebook and of each cell.
///
/// The keys and their forms are those of papermill 2.7. The values are correct even after a time
/// limit or the death of a kernel, where papermill's are not: a cell that did not run stays
/// `pending`, one that was stopped is `failed`.
public struct PapermillMetadata: Sendable, Hashable {
  /// The notebook that is run, as the user named it.
  public var inputPath: String
  /// The output path, as the user named it; nil for none.
  public var outputPath: String?
  /// The given parameters; numbers that JSON does not support are texts.
  public var parameters: JSONObject
  /// The program that wrote this; papermill writes its version.
  public var version: String

  /// Creates the metadata that is known before the run.
  public init(
    inputPath: String, outputPath: String?, parameters: JSONObject = [:], version: String
  ) {
    self.inputPath = inputPath
    self.outputPath = outputPath
    self.parameters = JSONObject(
      parameters.map { .init(key: $0.key, value: PapermillMetadata.strict($0.value)) })
    self.version = version
  }

  /// Replaces `NaN`, `Infinity` and `-Infinity` by texts: as numbers they would make the notebook
  /// unreadable for JupyterLab, VS Code and every other strict JSON reader.
  private static func strict(_ value: JSONValue) -> JSONValue {
    switch value {
    case .number(let number) where number.text == "NaN" || number.text.hasSuffix("Infinity"):
      .init(number.text)
    case .array(let elements): .array(elements.map(strict))
    case .object(let members):
      .object(JSONObject(members.map { .init(key: $0.key, value: strict($0.value)) }))
    case .null, .bool, .number, .string: value
    }
  }
}

/// Writes papermill's keys while a notebook runs.
struct PapermillRecord: Sendable {
  private let given: PapermillMetadata
  private var start: Int64 = 0
  private var cellStart: Int64 = 0

  init(_ given: PapermillMetadata) {
    self.given = given
  }

  mutating func begin(_ document: inout NotebookDocument) {
    start = wallClockNanoseconds()
    write(&document, end: nil, exception: nil)
    for place in 0..<document.cellCount {
      document.setCellMetadata(
        ["papermill"], to: entry("pending", exception: nil, from: nil, to: nil), at: place)
    }
  }

  mutating func cellBegan(_ place: Int, _ document: inout NotebookDocument) {
    cellStart = wallClockNanoseconds()
    document.setCellMetadata(
      ["papermill"], to: entry("running", exception: nil, from: cellStart, to: nil), at: place)
  }

  func cellEnded(_ cell: CellResult, _ document: inout NotebookDocument) {
    let hasFailed = PapermillRecord.hasFailed(cell)
    document.setCellMetadata(
      ["papermill"],
      to: entry(
        hasFailed ? "failed" : "completed", exception: hasFailed, from: cellStart,
        to: wallClockNanoseconds()), at: cell.index)
  }

  func end(_ document: inout NotebookDocument, _ result: RunResult) {
    let hasFailed = result.outcome != .completed
    write(&document, end: wallClockNanoseconds(), exception: hasFailed ? true : nil)
    // Cells without code have nothing to run: they are completed when the run has passed them.
    let last = result.cells.lastIndex { ![.skipped, .notRun].contains($0.status) } ?? -1
    for cell in result.cells where !cell.isCode && (!hasFailed || cell.index < last) {
      document.setCellMetadata(
        ["papermill"], to: entry("completed", exception: false, from: nil, to: nil), at: cell.index)
    }
  }

  private static func hasFailed(_ cell: CellResult) -> Bool {
    switch cell.status {
    case .failed: !cell.errorIsAllowed
    case .timedOut, .interrupted, .killedWithKernel: true
    case .succeeded, .skipped, .pending, .running, .notRun: false
    }
  }

  private func write(_ document: inout NotebookDocument, end: Int64?, exception: Bool?) {
    document.setMetadata(
      ["papermill"],
      to: [
        "default_parameters": [:],
        "duration": PapermillRecord.seconds(from: start, to: end),
        "end_time": PapermillRecord.time(end),
        "environment_variables": [:],
        "exception": exception.map { .init($0) } ?? .null,
        "input_path": .init(given.inputPath),
        "output_path": given.outputPath.map { .init($0) } ?? .null,
        "parameters": .object(given.parameters),
        "start_time": PapermillRecord.time(start),
        "version": .init(given.version),
      ])
  }

  private func entry(_ status: String, exception: Bool?, from start: Int64?, to end: Int64?)
    -> JSONValue
  {
    [
      "duration": PapermillRecord.seconds(from: start, to: end),
      "end_time": PapermillRecord.time(end),
      "exception": exception.map { .init($0) } ?? .null,
      "start_time": PapermillRecord.time(start),
      "status": .init(status),
    ]
  }

  /// A time in papermill's format, such as `2026-11-23T14:42:49.445020+00:00`.
  private static func time(_ nanoseconds: Int64?) -> JSONValue {
    guard let nanoseconds else { return .null }
    return .init(String(MessageDate.text(nanoseconds: nanoseconds).dropLast()) + "+00:00")
  }

  private static func seconds(from start: Int64?, to end: Int64?) -> JSONValue {
    guard let start, let end else { return .null }
    return .init(Double(end - start) / 1e9)
  }
}

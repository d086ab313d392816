import JSONCore
import NotebookDocument
import Reports
import RunEvents
import RunRecord
import SystemSupport

/// A notebook as a recorded run left it.
///
/// Its cells and outputs are those of the file that the run wrote, if that is still the same; else
/// the outputs are those that the log of the run has.
struct RecordedNotebook {
  let document: NotebookDocument
  let run: NotebookPage.Run

  /// Reads the log of a run, and the notebook.
  ///
  /// - Throws: `HistoryError` if the log cannot be read, or the notebook has other cells by now.
  init(_ recorded: AnyRun) throws(HistoryError) {
    var log = NotebookLog()
    var reader = try RunLogReader(recorded.folder)
    while let update = try reader.poll() {
      if case .event(let event) = update { log.take(event) }
    }
    run = NotebookPage.Run(
      result: log.result, message: log.message, started: recorded.started)
    let paths = [recorded.result, recorded.file == "-" ? nil : recorded.file].compactMap(\.self)
    var found: NotebookDocument?
    for path in paths {
      guard let document = try? NotebookInput.document(path), log.hasCells(of: document) else {
        continue
      }
      if log.hasResults(of: document, since: recorded.started) {
        self.document = document
        return
      }
      if found == nil { found = document }
    }
    guard var document = found else {
      throw HistoryError(
        description: "run \(recorded.name): '\(recorded.file)' has other cells by now, or is gone; "
          + "lyre follow \(recorded.name) shows what it printed")
    }
    log.apply(to: &document)
    self.document = document
  }
}

/// The results and outputs in the log of a notebook's run.
struct NotebookLog {
  private(set) var cells: [CellResult] = []
  private(set) var ended: RunResult?
  private(set) var message: String? = "this run has not ended, or was killed"
  private var outputs: [Int: [JSONValue]] = [:]
  private var endTime: Int64?

  /// How the run ended; the cells so far if it did not.
  var result: RunResult? { ended ?? RunResult(outcome: .stopped(signal: 0), cells: cells) }

  /// Processes the next event.
  mutating func take(_ event: RunEvent) {
    switch event.kind {
    case .runStarted(let cells, _, _): self.cells = cells
    case .cellFinished(let cell): if cells.indices.contains(cell.index) { cells[cell.index] = cell }
    case .text(let cell, let stream, let text):
      if let last = outputs[cell]?.last, last["name"]?.string == stream {
        outputs[cell]?.removeLast()
        add(NotebookLog.stream(stream, (last["text"]?.string ?? "") + text), cell)
      } else {
        add(NotebookLog.stream(stream, text), cell)
      }
    case .output(let cell, let output): add(output, cell)
    case .runFinished(let result):
      ended = result
      endTime = event.time
      cells = result.cells
      message = nil
    case .runFailed(let failure):
      message = failure.message
      if !failure.cells.isEmpty { cells = failure.cells }
    default: break
    }
  }

  private mutating func add(_ output: JSONValue, _ cell: Int) {
    outputs[cell, default: []].append(output)
  }

  private static func stream(_ name: String, _ text: String) -> JSONValue {
    ["name": .init(name), "output_type": "stream", "text": .init(text)]
  }

  /// Whether a notebook has the cells of the run.
  func hasCells(of document: NotebookDocument) -> Bool {
    cells.count == document.cellCount
      && zip(cells, document.cells).allSatisfy { result, cell in
        guard result.isCode else { return result.id == cell.id }
        let line = cell.source.split(whereSeparator: \.isNewline)
          .first { !$0.allSatisfy(\.isWhitespace) }
        return result.id == cell.id && line.map { String($0.prefix(80)) } == result.firstLine
      }
  }

  /// Whether the outputs of a notebook with the cells of the run are those of the run: each cell was
  /// run when the run ran it, as far as the notebook has the times.
  func hasResults(of document: NotebookDocument, since started: Int64) -> Bool {
    var isTimed = false
    for (result, cell) in zip(cells, document.cells) where result.status == .succeeded {
      if result.isCode, result.executionCount != cell.executionCount { return false }
      let time = cell.metadata["execution"]?["iopub.execute_input"]?.string
        .flatMap(JSONDate.nanoseconds)
      guard let time else { continue }
      guard time >= started, endTime.map({ time <= $0 }) ?? true else { return false }
      isTimed = true
    }
    return isTimed
  }

  /// Puts the outputs into a notebook with the cells of the run.
  func apply(to document: inout NotebookDocument) {
    for cell in cells where cell.isCode && cell.status != .skipped {
      document.setOutputs(outputs[cell.index] ?? [], at: cell.index)
      document.setExecutionCount(cell.executionCount, at: cell.index)
      document.setCellMetadata(["execution"], to: nil, at: cell.index)
    }
  }
}

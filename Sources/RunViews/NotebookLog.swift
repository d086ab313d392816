import JSONCore
package import NotebookDocument
package import RunEvents

/// The results and outputs in the log of a notebook's run.
package struct NotebookLog: Sendable {
  /// The results of the cells so far.
  package private(set) var cells: [CellResult] = []
  /// How the run ended; nil if it did not.
  package private(set) var ended: RunResult?
  /// Why there is no end; nil if there is one.
  package private(set) var message: String? = "this run has not ended, or was killed"
  private var outputs: [Int: [JSONValue]] = [:]
  private var endTime: Int64?

  /// Creates the log of a run that has not begun.
  package init() {}

  /// How the run ended; the cells so far if it did not.
  package var result: RunResult? { ended ?? RunResult(outcome: .stopped(signal: 0), cells: cells) }

  /// Processes the next event.
  package mutating func take(_ event: RunEvent) {
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
  package func hasCells(of document: NotebookDocument) -> Bool {
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
  package func hasResults(of document: NotebookDocument, since started: Int64) -> Bool {
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
  package func apply(to document: inout NotebookDocument) {
    for cell in cells where cell.isCode && cell.status != .skipped {
      document.setOutputs(outputs[cell.index] ?? [], at: cell.index)
      document.setExecutionCount(cell.executionCount, at: cell.index)
      document.setCellMetadata(["execution"], to: nil, at: cell.index)
    }
  }
}

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
  /// The streams that are the last outputs of cells: text is added in place.
  private var open: [Int: (stream: String, text: String)] = [:]
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
      if open[cell]?.stream == stream {
        open[cell]?.text += text
      } else {
        end(cell)
        open[cell] = (stream, text)
      }
    case .output(let cell, let output):
      end(cell)
      outputs[cell, default: []].append(output)
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

  /// Ends the stream that is the last output of a cell.
  private mutating func end(_ cell: Int) {
    if let last = open.removeValue(forKey: cell) {
      outputs[cell, default: []].append(NotebookLog.stream(last.stream, last.text))
    }
  }

  /// The outputs of a cell.
  private func outputs(of cell: Int) -> [JSONValue] {
    (outputs[cell] ?? []) + (open[cell].map { [NotebookLog.stream($0.stream, $0.text)] } ?? [])
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
    // The log of a damaged record may name any cell.
    for cell in cells
    where cell.isCode && cell.status != .skipped && (0..<document.cellCount).contains(cell.index) {
      document.setOutputs(outputs(of: cell.index), at: cell.index)
      document.setExecutionCount(cell.executionCount, at: cell.index)
      document.setCellMetadata(["execution"], to: nil, at: cell.index)
    }
  }
}

import NotebookDocument
import RunEvents

/// Which outputs a test writes into a notebook.
enum StoredOutputs: Sendable {
  case none
  /// Those that differ, and those of cells that were never run (`--update`).
  case differing
  /// Those of all cells that ran (`--overwrite`).
  case all
}

extension NotebookDocument {
  /// A copy with the outputs of all cells that ran, also of those that failed.
  ///
  /// - Parameters:
  ///   - run: the notebook that was run.
  ///   - result: its result.
  ///   - places: the place there of each cell here.
  func taking(_ run: NotebookDocument, _ result: RunResult, places: [Int]) -> NotebookDocument {
    var copy = self
    for (place, new) in places.enumerated()
    where ![.skipped, .notRun].contains(result.cells[new].status) {
      copy.take(run, at: new, for: place)
    }
    copy.takeWidgets(of: run)
    return copy
  }

  /// Takes the outputs and the execution count of a cell of another notebook.
  mutating func take(_ other: NotebookDocument, at source: Int, for place: Int) {
    takeOutputs(of: other, at: source, for: place)
    setExecutionCount(other.cell(at: source).executionCount, at: place)
  }

  /// Takes the state of widgets of another notebook, if it has one.
  mutating func takeWidgets(of other: NotebookDocument) {
    if let widgets = other.metadata("widgets"), widgets != metadata("widgets") {
      setMetadata(["widgets"], to: widgets)
    }
  }
}

public import NotebookDocument
public import RunEvents

extension RunResult {
  /// Creates the result of a run that never started: every cell to run is ``CellStatus/notRun``.
  ///
  /// - Parameters:
  ///   - document: the notebook; nil if unknown.
  ///   - configuration: how it should have run.
  ///   - outcome: why it did not run.
  public init(
    notRun document: NotebookDocument?, configuration: RunConfiguration, outcome: RunOutcome
  ) {
    var cells = (document?.cells ?? []).map { CellResult($0, configuration) }
    for place in cells.indices where cells[place].status == .pending {
      cells[place].status = .notRun
    }
    self.init(outcome: outcome, cells: cells)
  }
}

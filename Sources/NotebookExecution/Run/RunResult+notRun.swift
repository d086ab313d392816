public import NotebookDocument
public import RunEvents

extension RunResult {
  /// The result of a run that never came to begin: every cell that was to run is
  /// ``CellStatus/notRun``.
  ///
  /// - Parameters:
  ///   - document: the notebook; nil where it is not known.
  ///   - configuration: how it was to be run.
  ///   - outcome: why it was not.
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

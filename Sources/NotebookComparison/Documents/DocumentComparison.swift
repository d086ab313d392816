package import NotebookDocument

/// Compares the outputs of a whole notebook.
package struct DocumentComparison: Sendable {
  /// Which cells are compared.
  package enum Cells: Sendable, Hashable {
    /// All but those marked `NBVAL_IGNORE_OUTPUT`.
    case all
    /// Only those marked `NBVAL_CHECK_OUTPUT`.
    case marked
  }

  /// Which cells are compared.
  package var cells: Cells
  /// How their outputs are compared.
  package var comparison: OutputComparison

  /// Creates a comparison from its parts.
  package init(_ cells: Cells, _ comparison: OutputComparison) {
    self.cells = cells
    self.comparison = comparison
  }

  /// Whether the outputs of a cell are compared.
  package func compares(_ cell: NotebookCell) -> Bool {
    CellMarks(cell).comparesOutputs ?? (cells == .all)
  }

  /// The differences of each compared cell that has any.
  ///
  /// A cell that was never run has nothing to compare with.
  ///
  /// - Parameters:
  ///   - stored: the notebook with the stored outputs.
  ///   - new: the notebook with the outputs of the run.
  ///   - places: the places of the cells that ran, in the one and in the other.
  /// - Returns: the differences by the cell's place in `stored`.
  package func differences(
    stored: NotebookDocument, new: NotebookDocument, places: [(stored: Int, new: Int)]
  ) -> [Int: [OutputDifference]] {
    var result: [Int: [OutputDifference]] = [:]
    for (place, newPlace) in places {
      let cell = stored.cell(at: place)
      guard compares(cell) else { continue }
      let outputs = stored.outputs(at: place)
      guard !DocumentComparison.isUnrun(cell, outputs.isEmpty) else { continue }
      let differences = comparison.differences(stored: outputs, new: new.outputs(at: newPlace))
      if !differences.isEmpty { result[place] = differences }
    }
    return result
  }

  /// Whether a cell has never been run, as far as the notebook tells.
  package static func isUnrun(_ cell: NotebookCell, _ hasNoOutputs: Bool) -> Bool {
    cell.executionCount == nil && hasNoOutputs
  }
}

import JSONCore
package import NotebookDocument
package import NotebookParameters

/// A notebook as its file keeps it, while a copy of it with parameters is run.
///
/// It gets what the run puts into its cells, and never the cell of the parameters: a later run with
/// other parameters, or with none, finds the notebook that people wrote.
package struct SourceNotebook: Sendable {
  /// The notebook with the results that were taken over.
  private(set) var document: NotebookDocument
  /// Where the parameters are in the copy; nil when there are none, and the copy is the notebook.
  private let injection: ParameterInjection?

  /// - Parameters:
  ///   - document: the notebook before parameters were put in.
  ///   - injection: where they were put into the copy.
  package init(_ document: NotebookDocument, _ injection: ParameterInjection?) {
    self.document = document
    self.injection = injection
  }

  /// Takes over results.
  ///
  /// - Parameters:
  ///   - places: the cells of the copy that have changed.
  ///   - run: the copy.
  /// - Returns: the places of these cells here.
  mutating func take(_ places: Set<Int>, of run: NotebookDocument) -> Set<Int> {
    guard let injection else {
      document = run
      return places
    }
    var taken: Set<Int> = []
    for place in places {
      guard let own = SourceNotebook.place(place, injection) else { continue }
      let cell = run.cell(at: place)
      guard cell.kind == .code else { continue }
      document.takeOutputs(of: run, at: place, for: own)
      document.setExecutionCount(cell.executionCount, at: own)
      document.setCellMetadata(["execution"], to: cell.metadata["execution"], at: own)
      taken.insert(own)
    }
    for name in ["language_info", "widgets"] {
      if let value = run.metadata(name), value != document.metadata(name) {
        document.setMetadata([name], to: value)
      }
    }
    return taken
  }

  /// The place here of a cell of the copy; nil for that of the parameters.
  ///
  /// Also where it has taken the place of one that an earlier run had put in: that one stays as it
  /// is, for what the run gave does not come from it.
  private static func place(_ place: Int, _ injection: ParameterInjection) -> Int? {
    if place == injection.index { return nil }
    return injection.isNewCell && place > injection.index ? place - 1 : place
  }
}

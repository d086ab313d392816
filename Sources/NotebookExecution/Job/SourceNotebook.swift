import JSONCore
package import NotebookDocument
package import NotebookParameters

/// The notebook in its file, while a copy of it with parameters runs.
///
/// It gets the results of the run but never the parameters cell: a later run with other parameters,
/// or with none, starts from the user's notebook.
package struct SourceNotebook: Sendable {
  /// The notebook with the results copied so far.
  private(set) var document: NotebookDocument
  /// Where the parameters are in the copy; nil if there are none, and the copy is the notebook
  /// itself.
  private let injection: ParameterInjection?

  /// - Parameters:
  ///   - document: the notebook before the parameters were injected.
  ///   - injection: where they were injected into the copy.
  package init(_ document: NotebookDocument, _ injection: ParameterInjection?) {
    self.document = document
    self.injection = injection
  }

  /// Copies results.
  ///
  /// - Parameters:
  ///   - places: the changed cells of the copy.
  ///   - run: the copy.
  /// - Returns: the places of these cells in this notebook.
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

  /// The place in this notebook of a cell of the copy; nil for the parameters cell.
  ///
  /// A parameters cell that an earlier run left in this notebook is not changed either, because the
  /// run's results are not from it.
  private static func place(_ place: Int, _ injection: ParameterInjection) -> Int? {
    if place == injection.index { return nil }
    return injection.isNewCell && place > injection.index ? place - 1 : place
  }
}

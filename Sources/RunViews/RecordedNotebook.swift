package import NotebookDocument
package import Reports
package import RunRecord

/// A notebook as a recorded run left it.
///
/// Its cells and outputs are those of the file that the run wrote, if that is still the same; else
/// the outputs are those that the log of the run has.
package struct RecordedNotebook {
  /// The notebook with the run's outputs.
  package let document: NotebookDocument
  /// The run, for the notebook's page.
  package let run: NotebookPage.Run

  /// Reads the log of a run, and the notebook.
  ///
  /// - Throws: `HistoryError` if the log cannot be read, or the notebook has other cells by now.
  package init(_ recorded: AnyRun) throws(HistoryError) {
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
      guard let bytes = try? NotebookFile(path).read(),
        let document = try? NotebookDocument(bytes), log.hasCells(of: document)
      else { continue }
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

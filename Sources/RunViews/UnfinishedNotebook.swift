import JSONCore
package import NotebookDocument
package import Reports
package import RunEvents
package import RunRecord

/// A notebook of a run that goes on, or that ended without a result: the cells of the file with the
/// outputs so far.
package struct UnfinishedNotebook {
  /// The notebook.
  package let document: NotebookDocument
  /// The run, for the notebook's page.
  package let run: NotebookPage.Run

  /// Reads the log of a run, and the notebook.
  ///
  /// - Parameters:
  ///   - recorded: the run.
  ///   - file: the path of the notebook; nil if there is none.
  ///   - isIncluded: whether an event with a subject belongs to the notebook.
  /// - Returns: nil if the notebook has not begun.
  /// - Throws: `HistoryError` if the log cannot be read.
  package init?(_ recorded: AnyRun, file: String?, where isIncluded: (RunSubject) -> Bool)
    throws(HistoryError)
  {
    var log = NotebookLog()
    var started: Int64?
    var reader = try RunLogReader(recorded.folder)
    while let update = try reader.poll() {
      guard case .event(let event) = update, isIncluded(event.subject) else { continue }
      if case .nodeStarted = event.kind { log = NotebookLog() }
      if case .runStarted = event.kind { started = event.time }
      log.take(event)
    }
    guard let started else { return nil }
    let bytes = file.flatMap { try? NotebookFile($0).read() }
    let own = bytes.flatMap { try? NotebookDocument($0) }
    var document: NotebookDocument
    if let own, log.hasCells(of: own) {
      document = own
    } else if let made = UnfinishedNotebook.made(of: log, own) {
      document = made
    } else {
      return nil
    }
    log.apply(to: &document)
    self.document = document
    let isOver = log.ended != nil || recorded.status != "running"
    run = NotebookPage.Run(
      result: isOver ? log.result : nil, message: isOver ? log.message : nil, started: started)
  }

  /// A notebook with the cells of the run, if the file has other ones.
  ///
  /// A cell with parameters was inserted, or the file was changed meanwhile. Cells that are not in the
  /// file have their first line.
  private static func made(of log: NotebookLog, _ own: NotebookDocument?) -> NotebookDocument? {
    let known = Dictionary(
      (own?.cells ?? []).compactMap { cell in cell.id.map { ($0, cell) } }, uniquingKeysWith: { $1 }
    )
    let cells = log.cells.map { result -> JSONValue in
      let cell = result.id.flatMap { known[$0] }
      let isSame = cell?.source.contains(result.firstLine) ?? false
      let source = isSame ? cell?.source ?? "" : result.firstLine
      guard result.isCode else {
        return ["cell_type": "markdown", "metadata": [:], "source": .init(source)]
      }
      return [
        "cell_type": "code", "execution_count": nil, "metadata": [:], "outputs": [],
        "source": .init(source),
      ]
    }
    let value: JSONValue = [
      "cells": .array(cells), "metadata": .object(own?.metadata ?? [:]), "nbformat": 4,
      "nbformat_minor": 4,
    ]
    return try? NotebookDocument(value.serialized())
  }
}

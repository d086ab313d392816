import NotebookDocument
import NotebookExecution
import RunEvents
import RunRecord

/// Reports the run of one notebook, and decides what it is worth.
protocol NotebookReporter: Sendable {
  /// The subject of the run's events.
  var subject: RunSubject { get }

  /// Prepares the notebook that is about to run.
  ///
  /// - Returns: the exit code of a notebook that is not to run; nil to run it.
  func prepare(_ document: inout NotebookDocument, _ configuration: inout RunConfiguration)
    -> ExitCode?

  /// Shows that the comparison with the last good run takes time.
  func comparing(_ progress: FileComparison)

  /// Reports why the notebook has to run.
  func starts(because reason: String)

  /// Reports that the notebook did not have to run, and returns the exit code.
  ///
  /// - Parameters:
  ///   - run: the last good run.
  ///   - document: the notebook.
  ///   - stored: the result of that run, if it is in another file.
  func unchanged(since run: GoodRun, _ document: NotebookDocument, _ stored: NotebookDocument?)
    -> ExitCode

  /// Processes an event of the run.
  func report(_ event: RunEvent)

  /// Reports a problem that does not prevent the run.
  func warn(_ warning: RunWarning)

  /// Reports why the notebook could not be run, and returns the exit code.
  ///
  /// - Parameters:
  ///   - document: the notebook; nil if it could not be read.
  ///   - isRecorded: false for a run that did not begin: in the record it would hide the last one.
  func fail(
    _ message: String, _ code: ExitCode, _ document: NotebookDocument?, isRecorded: Bool
  ) -> ExitCode

  /// Reports that the run was stopped before the first cell.
  ///
  /// - Parameters:
  ///   - signal: the signal that stopped it.
  ///   - document: the notebook; nil if it was not read.
  ///   - hasBegun: whether the notebook's job had begun.
  func stopped(_ signal: Int32, _ document: NotebookDocument?, hasBegun: Bool) -> ExitCode

  /// The notebook to save at the end; nil to save none.
  func result(of document: NotebookDocument, _ result: RunResult) -> NotebookDocument?

  /// Writes the page of the result, if there is to be one.
  ///
  /// - Parameter result: how the run ended; nil if nothing was run.
  func writePage(_ document: NotebookDocument, _ result: RunResult?) -> ExitCode

  /// Reports how the run ended, and returns the exit code.
  ///
  /// - Parameter saved: whether the result could be saved.
  func finished(_ result: RunResult, _ saved: ExitCode) -> ExitCode

  /// Whether a run that completed may stand for later ones of the same notebook.
  func isGood(_ result: RunResult) -> Bool

  /// Finishes the run's log; no events may follow. It may block.
  func close()
}

extension NotebookReporter {
  func prepare(_ document: inout NotebookDocument, _ configuration: inout RunConfiguration)
    -> ExitCode?
  { nil }

  func warn(_ message: String) { warn(RunWarning(message)) }

  func fail(_ message: String, _ code: ExitCode, _ document: NotebookDocument? = nil) -> ExitCode {
    fail(message, code, document, isRecorded: true)
  }

  func stopped(_ signal: Int32, _ document: NotebookDocument?) -> ExitCode {
    stopped(signal, document, hasBegun: true)
  }

  func result(of document: NotebookDocument, _ result: RunResult) -> NotebookDocument? { document }

  func writePage(_ document: NotebookDocument, _ result: RunResult?) -> ExitCode { .success }

  func isGood(_ result: RunResult) -> Bool { true }

  func close() {}
}

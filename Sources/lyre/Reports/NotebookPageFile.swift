import NotebookDocument
import NotebookExecution
import Reports
import RunEvents
import RunViews
import SystemSupport

/// The page of a notebook, and its file.
struct NotebookPageFile: Sendable {
  let file: OutputFile
  /// The name of the notebook.
  let name: String
  /// The folder of the notebook, whose images become part of the page; nil for none.
  var folder: String?
  var options = NotebookPage.Options()
  /// When the run began, in nanoseconds since 1970-01-01 00:00 UTC.
  var started: Int64? = wallClockNanoseconds()

  /// Writes the page of a notebook.
  ///
  /// - Returns: the exit code, after reporting an error.
  func write(_ document: NotebookDocument, _ result: RunResult?) -> ExitCode {
    write(document, NotebookPage.Run(result: result, started: started))
  }

  /// Writes the page of a notebook that could not be run.
  ///
  /// - Parameters:
  ///   - document: the notebook; nil if it could not be read.
  ///   - message: why it could not be run.
  ///   - result: the results of its cells, which did not run.
  /// - Returns: the exit code, after reporting an error.
  func write(_ document: NotebookDocument?, failure message: String, _ result: RunResult)
    -> ExitCode
  {
    guard let document = document ?? NotebookPageFile.empty else { return .success }
    return write(
      document, NotebookPage.Run(result: result, message: message, started: started))
  }

  /// Writes the page.
  ///
  /// - Returns: the exit code, after reporting an error.
  func write(_ document: NotebookDocument, _ run: NotebookPage.Run) -> ExitCode {
    let page = NotebookPage(
      document, name: FilePath.parts(name).name, options: options, run: run, terminal: terminalText,
      image: { path in folder.flatMap { NotebookImages.image(path, in: $0) } })
    do throws(NotebookError) {
      try file.write([page.html()[...]])
      return .success
    } catch {
      Printer.shared.log("error: the page \(error.message)")
      return .notWritten
    }
  }

  /// The folder of a notebook; nil for standard input.
  static func folder(of path: String) -> String? {
    path == "-" ? nil : FilePath.parts(path).directory
  }

  private static var empty: NotebookDocument? {
    try? NotebookDocument(
      Array(#"{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5}"#.utf8))
  }
}

import ArgumentParser
import Glibc
import JSONCore
import NotebookDocument
import PipelineExecution
import Reports
import RunRecord
import RunViews
import SystemSupport

/// The command `lyre report`.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write a notebook, or a past run, as one HTML file.",
    discussion: """
      Nothing is run. The file needs no other files and opens in any browser. Scripts of outputs, \
      as of interactive plots, run in isolated frames; everything else needs no scripts.

      Of a run of a notebook, the report has its outputs, times and errors; of a pipeline, it is \
      that of lyre pipeline report. See lyre history for the names of runs.

      EXAMPLES
        lyre report analysis.ipynb -o analysis.html
        lyre report notebooks/*.ipynb -o 'site/{name}.html'
        lyre report analysis.ipynb --no-input --title 'Sales in May' > sales.html
        lyre report last -o run.html
        lyre report 12 -o pipeline.html     run 12 of a pipeline
      """)

  @Argument(
    help: ArgumentHelp(
      "Notebooks, `-` for standard input, or runs: a name of lyre history, or `last`.",
      valueName: "notebook|run"))
  var subjects: [String]

  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "Write to this file; `-` is standard output, `{name}` the notebook's name.",
      valueName: "file"))
  var output = "-"

  @Option(help: "The title of the page. (default: the notebook's own, or its name)")
  var title: String?

  @Flag(help: "Leave out the code.")
  var noInput = false

  @Flag(help: "Do not run scripts of outputs.")
  var noScripts = false

  @OptionGroup var record: RecordOptions

  func run() throws {
    let inputs = NotebookInput.expand(subjects)
    let files = try UsageError.reported { () throws(UsageError) in try opened(inputs) }
    var codes: [ExitCode] = []
    for (input, file) in zip(inputs, files) {
      do {
        codes.append(try report(input, to: file))
      } catch let request as ExitRequest {
        codes.append(request.code)
      }
    }
    try ExitCode.worst(codes).end()
  }

  /// The files of the pages, checked and opened.
  private func opened(_ inputs: [String]) throws(UsageError) -> [OutputFile] {
    guard inputs.filter({ $0 == "-" }).count <= 1 else {
      throw UsageError(message: "standard input can be read only once")
    }
    var plan = CommandFiles()
    for input in inputs { plan.reads(input, as: "the notebook") }
    let places =
      try RunPlan.pages(inputs, output, option: "--output", [:], &plan) ?? []
    do throws(OutputRefusal) {
      return try places.map { (place) throws(OutputRefusal) in try OutputFile(place) }
    } catch {
      throw UsageError(message: "--output: \(error)")
    }
  }

  private func report(_ input: String, to file: OutputFile) throws -> ExitCode {
    var page = NotebookPageFile(
      file: file, name: NotebookInput.name(input), folder: NotebookPageFile.folder(of: input),
      started: nil)
    page.options.title = title
    page.options.hidesCode = noInput
    page.options.runsScripts = !noScripts
    let isFile = input == "-" || access(input, F_OK) == 0 && !FilePath.isDirectory(input)
    if !input.hasSuffix(".pipeline"), isFile || input.hasSuffix(".ipynb") {
      do throws(NotebookError) {
        return page.write(try NotebookInput.document(input), NotebookPage.Run())
      } catch {
        let reason = InputHint.notebook(input, error)
        Printer.shared.log("error: \(NotebookInput.name(input)): \(reason)")
        return .unusableInput
      }
    }
    let run = try record.find(input)
    do throws(HistoryError) {
      if run.isPipeline { return try report(pipeline: run, to: file) }
      let recorded = try RecordedNotebook(run)
      return NotebookPageFile(
        file: file, name: FilePath.parts(run.file).name,
        folder: NotebookPageFile.folder(of: run.file), options: page.options, started: run.started
      ).write(recorded.document, recorded.run)
    } catch {
      throw record.failure(error)
    }
  }

  private func report(pipeline run: AnyRun, to file: OutputFile) throws(HistoryError) -> ExitCode {
    guard let number = run.number, let history = try record.open(),
      let past = try history.run(number)
    else { throw HistoryError(description: "there is no run '\(run.name)'") }
    let recorded = try history.report(of: past)
    let reports = PipelineReports(
      name: title ?? recorded.name, pipeline: recorded.pipeline, graph: recorded.graph,
      result: recorded.result, history: history)
    guard let failure = reports.writeHTML(to: file) else { return .success }
    Printer.shared.log("\("error:", .red) \(failure)")
    return .notWritten
  }
}

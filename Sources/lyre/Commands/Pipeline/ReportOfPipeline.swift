import ArgumentParser
import PipelineExecution
import RunRecord

/// The command `lyre pipeline report`.
struct ReportOfPipeline: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write the reports of a past run.",
    discussion: """
      Reports are made from the record alone, whatever has happened to the pipeline's files since. \
      Without an option, the HTML report goes to standard output.

      EXAMPLES
        lyre pipeline report last --html report.html
        lyre pipeline report 12 --report tests.xml
        lyre pipeline report 12 > report.html
      """)

  @Argument(
    help: ArgumentHelp("The number of the run, or `last`.", valueName: "run"),
    completion: Completions.runsOfPipelines)
  var number: String

  @Option(
    help: ArgumentHelp(
      "Write an HTML report with graph, times, outputs and errors.", valueName: "file"))
  var html: String?

  @Option(
    name: .customLong("report"),
    help: ArgumentHelp("Write a JUnit report with one case a node.", valueName: "file"))
  var junit: String?

  @OptionGroup var record: RecordOptions

  func run() throws {
    let history = try record.existing()
    let run = try record.run(number, in: history)
    let recorded: RecordedReport
    do throws(HistoryError) {
      recorded = try history.report(of: run)
    } catch {
      throw record.failure(error)
    }
    let reports = PipelineReports(
      name: recorded.name, pipeline: recorded.pipeline, graph: recorded.graph,
      result: recorded.result, history: history)
    let files: (html: OutputFile?, junit: OutputFile?)
    do {
      files = try opened()
    } catch let error as UsageError {
      throw ValidationError(error.message)
    } catch {
      throw ValidationError("\(error)")
    }
    let failures = [files.html.map(reports.writeHTML), files.junit.map(reports.writeJUnit)]
      .compactMap { $0 }.compactMap(\.self)
    for failure in failures {
      Printer.shared.log("\("error:", .red) \(failure)")
    }
    if !failures.isEmpty { throw ExitRequest(code: .notWritten) }
  }

  /// The requested files, checked and opened.
  private func opened() throws -> (html: OutputFile?, junit: OutputFile?) {
    var files = CommandFiles()
    let html = html ?? (junit == nil ? "-" : nil)
    let htmlPlace = try html.map { (path) throws(UsageError) in
      try files.writes(path, option: "--html", replacing: .otherFiles)
    }
    let junitPlace = try junit.map { (path) throws(UsageError) in
      try files.writes(path, option: "--report", replacing: .otherFiles)
    }
    return (try htmlPlace.map(OutputFile.init), try junitPlace.map(OutputFile.init))
  }
}

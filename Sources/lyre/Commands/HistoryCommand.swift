import ArgumentParser
import JSONCore
import Reports
import RunViews

/// The command `lyre history`.
struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "List the runs of notebooks and pipelines.",
    discussion: """
      The newest run comes first. Of notebooks, Lyre keeps the last 200 runs; of each pipeline, the \
      last 100. Runs that an engine has kept are in lyre pipeline submitted.

      EXAMPLES
        lyre history
        lyre history analysis.ipynb
        lyre history --limit 1 --json
        lyre follow last                    what a run printed, live or afterwards
      """)

  @Argument(
    help: "The notebook or pipeline; without it, all runs.", completion: Completions.runnable)
  var file: String?

  @Option(
    name: [.customShort("l", allowingJoined: true), .long],
    help: "List this many runs, at least 1.")
  var limit = 20

  @Flag(help: "Write JSON for programs.")
  var json = false

  @OptionGroup var record: RecordOptions

  func run() throws {
    let runs = try record.newest(of: file, limit: max(limit, 1))
    if json { return Printer.shared.print(json: .array(runs.map { .object($0.json) })) }
    defer { record.tellOfSubmitted(file) }
    if runs.isEmpty {
      let subject: VisibleText = file.map { "no runs of '\($0)' are recorded" } ?? "no runs yet"
      return Printer.shared.log(subject)
    }
    Printer.shared.print(
      runs.map { run -> VisibleText in
        let status = VisibleText(run.status.replacing("_", with: " "))
        let duration = VisibleText(run.duration.map(Format.duration) ?? "-")
        return "\(VisibleText(run.name).padded(to: 8))  \(Format.date(run.started))  "
          + "\(status.padded(to: 11))  \(duration.padded(to: 7))  \(run.file)"
      }.joined(separator: "\n"))
  }
}

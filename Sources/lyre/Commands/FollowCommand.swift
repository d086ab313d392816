import ArgumentParser
import Pipelines
import RunEvents
import RunRecord
import RunViews

/// The command `lyre follow`.
struct FollowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "follow",
    abstract: "Show a run of a notebook or pipeline, live or afterwards.",
    discussion: """
      Lyre reads the record of the run, so another process may run it. It shows the output so far \
      and continues until the run ends; Ctrl-C ends lyre follow, not the run.

      EXAMPLES
        lyre follow last
        lyre follow analysis.ipynb          its newest run
        lyre follow 12                      run 12 of a pipeline; see lyre history
        lyre follow last --json             the events as --events writes them

      EXIT CODES
      The exit code of the run, except for reports that could not be written; 1 if the log ends \
      before the run; 2 if there is no such run.
      """)

  @Argument(
    help: "The run, its notebook or pipeline, or `last`.", completion: Completions.runs)
  var run: String

  @Flag(help: "Write the events, one JSON object per line.")
  var json = false

  @Option(help: "Show progress: auto, plain or none.")
  var progress: ProgressMode = .auto

  @OptionGroup var record: RecordOptions

  func run() async throws {
    let run = try record.find(self.run)
    let follower = RunFollower(run, writesJSON: json, progress: progress)
    do throws(HistoryError) {
      var reader = try RunLogReader(run.folder)
      while !Printer.shared.outputIsClosed, let update = try await reader.next() {
        if json { Printer.shared.waitForRoom(toError: false) }
        follower.take(update)
      }
    } catch {
      throw record.failure(error)
    }
    try follower.code.end()
  }
}

import ArgumentParser
import Pipelines
import RunEvents
import RunRecord

/// The command `lyre follow`.
struct FollowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "follow",
    abstract: "Show a run of a notebook or pipeline, live or afterwards.",
    discussion: """
      Another process may run it: Lyre reads the record of the run only. It shows what the run has \
      done so far and goes on until the run ends; Ctrl-C stops showing it, not the run.

      EXAMPLES
        lyre follow last
        lyre follow analysis.ipynb          its newest run
        lyre follow 12                      run 12 of a pipeline; see lyre history
        lyre follow last --json             one JSON object per event, as --events writes them

      EXIT CODES
        That of the run, but for its reports; 1 if its log ends before the run does; 2 if there is \
        no such run.
      """)

  @Argument(
    help: "The run, its notebook or pipeline, or `last`.")
  var run: String

  @Flag(help: "Write the events, a JSON object a line.")
  var json = false

  @OptionGroup var record: RecordOptions

  func run() async throws {
    let run = try RecordedRuns(record).find(self.run)
    let follower = RunFollower(run, writesJSON: json)
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

import ArgumentParser
import Glibc
import Pipelines
import RunRecord
import SystemSupport
import WebInterface

/// The command `lyre ui`.
struct UICommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ui",
    abstract: "Edit pipelines, run them, and watch runs in the browser.",
    discussion: """
      Opens a page for the pipelines and runs of a folder. Runs that were started elsewhere, in a \
      terminal or on a schedule, are shown live too. Only this machine can connect, and only with \
      the token in the address that is shown at the start; over SSH, forward the port: \
      ssh -L 8888:127.0.0.1:8888 host.

      Runs that the page starts go on when the page is closed. Ctrl-C stops them, waits until \
      everything is saved, and ends the server; a second Ctrl-C kills their nodes.

      EXAMPLES
        lyre ui                          this folder, on any free port
        lyre ui --open                   and open it in the browser
        lyre ui analysis.pipeline        open this pipeline
        lyre ui 12                       open run 12; see lyre history
        lyre ui projects --port 8888
        lyre ui --socket ~/.cache/lyre/ui.sock --no-token     for a proxy of this user

      EXIT CODES
        0 ended by Ctrl-C or SIGTERM   2 bad usage, or the port or socket cannot be used
      """)

  @Argument(
    help: ArgumentHelp(
      "A folder, a pipeline, or a run. (default: this folder)",
      valueName: "folder|pipeline|run"), completion: .file())
  var subject: String?

  @Option(
    help: ArgumentHelp("Listen on this port of 127.0.0.1. (default: any free one)", valueName: "n"))
  var port: Int?

  @Option(
    help: ArgumentHelp(
      "Listen on this Unix socket instead, in a folder of mode 0700.", valueName: "path"),
    completion: .file())
  var socket: String?

  @Flag(help: "Open the page in the browser.")
  var open = false

  @Option(
    help: ArgumentHelp(
      "Use this token, at least 16 letters and digits. (default: a new random one)",
      valueName: "text"))
  var token: String?

  @Flag(help: "With --socket: trust everyone who can open the socket.")
  var noToken = false

  @Option(
    help: ArgumentHelp(
      "Serve the page's files from this directory, while they are developed.", valueName: "dir"),
    completion: .directory)
  var assets: String?

  @OptionGroup var record: RecordOptions

  func run() async throws {
    let service = try UsageError.reported { () throws(UsageError) in try UIService(self) }
    try await service.run().end()
  }
}

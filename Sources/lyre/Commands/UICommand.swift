import ArgumentParser

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
        lyre ui --socket ~/.cache/lyre/ui.sock --no-token    for a proxy

      EXIT CODES
        0 ended by Ctrl-C or SIGTERM   2 bad usage, port or socket not usable
      """)

  @OptionGroup var options: UIOptions

  func run() async throws {
    let service = try UsageError.reported { () throws(UsageError) in try UIService(options) }
    try await service.run().end()
  }
}

import ArgumentParser

/// All options of `lyre ui`.
struct UIOptions: ParsableArguments {
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
      """
      Use this token, at least 16 letters and digits. Other users can see it, unless it is in \
      LYRE_UI_TOKEN instead. (default: a new random one)
      """,
      valueName: "text"))
  var token: String?

  @Flag(help: "With --socket: trust everyone who can open the socket.")
  var noToken = false

  @Option(
    help: ArgumentHelp(
      "Serve the page's files from this directory, while they are developed.", valueName: "dir"),
    completion: .directory)
  var assets: String?

  @OptionGroup(title: "Record of runs") var record: RecordOptions
}

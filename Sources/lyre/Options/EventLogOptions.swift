import ArgumentParser

/// Where the events of a command go.
struct EventLogOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write events to FILE, one JSON object a line; `-` is standard output.", valueName: "file"),
    completion: .file())
  var events: String?
}

/// The files with reports on notebooks.
struct ReportFileOptions: ParsableArguments {
  @OptionGroup var log: EventLogOptions

  @Option(
    help: ArgumentHelp("Write a JUnit report with one case a cell.", valueName: "file"),
    completion: .file(extensions: ["xml"]))
  var report: String?

  var events: String? { log.events }
}

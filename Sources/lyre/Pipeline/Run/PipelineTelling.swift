/// What is told of a pipeline's run, and how.
struct PipelineTelling: Sendable {
  let progress: ProgressMode
  let isQuiet: Bool
  let isVerbose: Bool
  let json: Bool
  let events: String?
  let report: String?
  let html: String?

  init(_ options: PipelineTellingOptions) {
    progress = options.quiet ? .none : options.progress
    isQuiet = options.quiet
    isVerbose = options.verbose
    json = options.json
    events = options.events
    report = options.report
    html = options.html
  }

  /// Whether standard output is for programs, and what nodes print goes to standard error.
  var streamsGoToError: Bool { json || events == "-" }

  /// Whether a board is shown, and not a line for everything that happens.
  var showsBoard: Bool { progress == .auto && Printer.shared.terminal.errorIsTerminal }

  func warn(_ message: String) {
    Printer.shared.log(Printer.shared.terminal.styled("warning:", .yellow) + " " + message)
  }
}

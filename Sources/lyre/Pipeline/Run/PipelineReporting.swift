import SystemSupport

/// Which reports of a pipeline's run are written, and how.
struct PipelineReporting: Sendable {
  let progress: ProgressMode
  let isQuiet: Bool
  let isVerbose: Bool
  let json: Bool
  let events: OutputPlace?
  let report: OutputPlace?
  let html: OutputPlace?

  /// - Throws: ``UsageError`` when a requested output cannot be written, or is another file that
  ///   the command reads or writes.
  init(_ options: PipelineReportingOptions, _ files: inout CommandFiles) throws(UsageError) {
    try self.init(options.run, json: options.json, html: options.html, &files)
  }

  /// - Throws: ``UsageError`` when a requested output cannot be written, or is another file that
  ///   the command reads or writes.
  init(
    _ options: RunReportOptions, json: Bool, html: String? = nil, _ files: inout CommandFiles
  ) throws(UsageError) {
    progress = options.quiet ? .none : options.progress
    isQuiet = options.quiet
    isVerbose = options.verbose
    self.json = json
    events = try options.log.events.map { (path) throws(UsageError) in
      try files.writes(path, option: "--events", replacing: .eventLogs)
    }
    report = try options.report.map { (path) throws(UsageError) in
      try files.writes(path, option: "--report", replacing: .otherFiles)
    }
    self.html = try html.map { (path) throws(UsageError) in
      try files.writes(path, option: "--html", replacing: .otherFiles)
    }
    let taken = [("--events", events), ("--report", report), ("--html", self.html)]
      .first { $0.1?.isStandardOutput ?? false }
    standardOutputIsTaken = json || taken != nil
    if json, let taken {
      throw UsageError(message: "--json and \(taken.0) - cannot both go to standard output")
    }
  }

  private let standardOutputIsTaken: Bool

  /// Creates the value for a command that only reports.
  init(json: Bool) {
    progress = .none
    isQuiet = json
    isVerbose = false
    self.json = json
    events = nil
    report = nil
    html = nil
    standardOutputIsTaken = json
  }

  /// Whether standard output is reserved for programs, so that the nodes' output goes to standard
  /// error.
  var streamsGoToError: Bool { standardOutputIsTaken }

  /// Whether to show a board instead of a line for every event.
  var showsBoard: Bool { progress == .auto && Printer.shared.terminal.errorIsTerminal }

  func warn(_ message: VisibleText) {
    Printer.shared.log("\("warning:", .yellow) \(message)")
  }
}

import ArgumentParser

/// How a run on an engine is shown and reported.
struct FollowOptions: ParsableArguments {
  @OptionGroup var reports: RunReportOptions

  @Option(
    help: ArgumentHelp(
      "Follow for at most this long; the run goes on.", valueName: "seconds"))
  var followTimeout: Double?

  /// The reports and the limit, checked.
  ///
  /// - Parameters:
  ///   - json: whether the result goes to standard output as JSON.
  ///   - file: a file that the command reads.
  ///   - minutes: the limit as Elyra's option has it.
  /// - Throws: `ValidationError`.
  func checked(json: Bool, reading file: String? = nil, minutes: Double? = nil)
    throws(ValidationError) -> (reporting: PipelineReporting, limit: Duration?)
  {
    var files = CommandFiles()
    if let file { files.reads(file, as: "the pipeline") }
    return try UsageError.reported { () throws(UsageError) in
      (
        try PipelineReporting(reports, json: json, &files),
        try TimeLimit.duration(minutes.map { $0 * 60 } ?? followTimeout, "--follow-timeout")
      )
    }
  }
}

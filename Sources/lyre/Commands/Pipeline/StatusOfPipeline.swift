import ArgumentParser

/// The command `lyre pipeline status`.
struct StatusOfPipeline: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show each node's last result, and whether it is up to date.",
    discussion: """
      Compares each node's dependencies and outputs with the record of its last run, as \
      lyre pipeline run --cached does, without running or writing anything. `may run` marks a node \
      that runs if one of its dependencies produces new outputs.

      EXAMPLES
        lyre pipeline status analysis.pipeline
        lyre pipeline status analysis.pipeline --json
        lyre pipeline status a.pipeline || lyre pipeline run a.pipeline --cached

      EXIT CODES
        0 everything is up to date   1 something would run
        2 not a valid pipeline, or bad usage
      """)

  @OptionGroup var options: PipelineStatusOptions

  func run() async throws {
    let plan = try UsageError.reported { () throws(UsageError) in try PipelineRunPlan(options) }
    try await PipelinePreview(plan, showsPast: true).run().end()
  }
}

import ArgumentParser
import NotebookExecution

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
        lyre pipeline status analysis.pipeline || lyre pipeline run analysis.pipeline --cached

      EXIT CODES
        0 everything is up to date   1 something would run   2 not a valid pipeline, or bad usage
      """)

  @Argument(help: "The pipeline's file.")
  var pipeline: String

  @Flag(help: "Write JSON.")
  var json = false

  @OptionGroup(title: "Parameters") var parameters: ParameterOptions
  @OptionGroup(title: "Record of runs") var record: RecordOptions

  @Option(
    help: ArgumentHelp(
      "Run Python scripts with this Python. (default: the active environment's)",
      valueName: "python"))
  var python: String?

  @Option(help: "If a notebook's kernel is not installed: default (see lyre run) or never.")
  var kernelFallback: KernelFallback = .default

  @Option(
    help: ArgumentHelp(
      "The project's folder; no path may leave it. (default: git's work tree)",
      valueName: "dir"))
  var root: String?

  func run() async throws {
    let plan: PipelineRunPlan
    do throws(UsageError) {
      plan = try PipelineRunPlan(self)
    } catch {
      throw ValidationError(error.message)
    }
    let code = try await PipelinePreview(plan, showsPast: true).run()
    if code != .success { throw ExitRequest(code: code) }
  }
}

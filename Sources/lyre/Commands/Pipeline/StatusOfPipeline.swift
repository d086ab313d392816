import ArgumentParser
import NotebookExecution

/// The command `lyre pipeline status`.
struct StatusOfPipeline: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show how each node last ended, and whether it is up to date.",
    discussion: """
      Compares what each node depends on and what it made with the record of its last run, as \
      lyre pipeline run --cached does, and runs and writes nothing. `may run` is a node that runs \
      if one that it needs makes something new.

      EXAMPLES
        lyre pipeline status analysis.pipeline
        lyre pipeline status analysis.pipeline --json
        lyre pipeline status analysis.pipeline || lyre pipeline run analysis.pipeline --cached

      EXIT CODES
        0 everything is up to date   1 something would run   2 not a valid pipeline, or bad usage
      """)

  @Argument(help: "The pipeline's file.")
  var pipeline: String

  @Flag(help: "Write JSON for programs.")
  var json = false

  @OptionGroup(title: "Parameters") var parameters: ParameterOptions
  @OptionGroup(title: "The record of runs") var record: RecordOptions

  @Option(help: "The Python that runs Python scripts. (default: the active environment's)")
  var python: String?

  @Option(help: "Where a notebook's kernel is not installed: default (see lyre run) or never.")
  var kernelFallback: KernelFallback = .default

  @Option(
    help: ArgumentHelp(
      "The project's folder, which no path may lead out of; by default git's work tree.",
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

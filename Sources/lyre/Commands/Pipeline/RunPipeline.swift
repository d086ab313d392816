import ArgumentParser
import NotebookExecution

/// The command `lyre pipeline run`.
struct RunPipeline: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a pipeline on this machine.",
    discussion: """
      Nodes run as soon as the nodes that they need are done, several at once. Notebooks get their \
      outputs in place, each from a kernel of its own; scripts' output goes to standard output and \
      standard error, a line at a time with the node's name. Every node works in the directory of \
      its file. Ctrl-C ends everything and saves what there is; a second one kills.

      Every run is recorded (lyre pipeline history), with all that its nodes wrote \
      (lyre pipeline logs) and the notebooks that were run (lyre pipeline outputs). Parameters \
      (-p) stand in those only: the pipeline's own notebooks get outputs and never parameters. Of \
      a notebook that several nodes run, its file keeps what the last one gave.

      EXAMPLES
        lyre pipeline run analysis.pipeline
        lyre pipeline run analysis.pipeline --html report.html
        lyre pipeline run analysis.pipeline --cached     only what has changed
        lyre pipeline run analysis.pipeline --resume     where the last run stopped
        lyre pipeline run analysis.pipeline --cached --dry-run
        lyre pipeline run analysis.pipeline --from clean -j 4 --keep-going
        lyre pipeline run analysis.pipeline -p year 2026 --report tests.xml
        lyre pipeline run analysis.pipeline --output-dir results

      EXIT CODES
        0 all ran   1 a node failed   2 not a valid pipeline, or bad usage
        3 time limit   4 a kernel died   5 no such kernel, or it did not start
        6 not written   129/130/131/143 stopped by a signal
      """)

  @Argument(help: "The pipeline's file.")
  var pipeline: String

  @OptionGroup(title: "What runs") var work: WorkOptions
  @OptionGroup(title: "Parameters") var parameters: ParameterOptions
  @OptionGroup(title: "Limits") var limits: NodeLimitOptions
  @OptionGroup(title: "The record of runs") var record: RecordOptions
  @OptionGroup(title: "What is told") var telling: PipelineTellingOptions

  func run() async throws {
    let plan: PipelineRunPlan
    do throws(UsageError) {
      plan = try PipelineRunPlan(self)
    } catch {
      throw ValidationError(error.message)
    }
    let code = try await work.dryRun ? PipelinePreview(plan).run() : plan.run()
    if code != .success { throw ExitRequest(code: code) }
  }
}

/// Which nodes run, and how.
struct WorkOptions: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: "How many nodes run at once; 1 keeps Elyra's order. (default: one for each core)")
  var jobs: Int?

  @Flag(help: "Go on with nodes that do not need a failed one.")
  var keepGoing = false

  @Flag(help: "Start nothing more after a failure; the default.")
  var failFast = false

  @Option(help: "Run only this node, by its label, file or id; may be repeated.")
  var only: [String] = []

  @Option(help: "Run this node and all that need it; may be repeated.")
  var from: [String] = []

  @Option(help: "Run this node and all that it needs; may be repeated.")
  var until: [String] = []

  @Flag(help: "Leave out nodes whose inputs and outputs are unchanged.")
  var cached = false

  @Flag(help: "Go on where the last run failed or was stopped.")
  var resume = false

  @Flag(help: "Say what would run and why, run nothing, and end with code 1 if anything would.")
  var dryRun = false

  @Flag(help: "Keep outputs of an earlier run in cells that were to run and were not reached.")
  var keepOldOutputs = false

  @Option(
    help: ArgumentHelp(
      "Write the notebooks that were run there, and leave those of the pipeline as they are.",
      valueName: "dir"))
  var outputDir: String?

  @Option(help: "The Python that runs Python scripts. (default: the active environment's)")
  var python: String?

  @Option(
    help: ArgumentHelp(
      "The project's folder, which no path may lead out of; by default git's work tree.",
      valueName: "dir"))
  var root: String?
}

/// Limits of nodes.
struct NodeLimitOptions: ParsableArguments {
  @Option(help: "Seconds that each node may take, unless it has a limit of its own.")
  var timeout: Double?

  @Option(help: "How often a node that failed is tried again.")
  var retries = 0

  @Option(help: "Seconds from a kernel's start to its first reply.")
  var startupTimeout: Double = 60

  @Option(help: "Where a notebook's kernel is not installed: default (see lyre run) or never.")
  var kernelFallback: KernelFallback = .default
}

/// Where runs are recorded.
struct RecordOptions: ParsableArguments {
  @Option(
    name: .customLong("state"),
    help: ArgumentHelp(
      "The directory of the record. (default: $XDG_STATE_HOME/lyre)", valueName: "dir"))
  var directory: String?
}

/// What is told of a pipeline's run, and how.
struct PipelineTellingOptions: ParsableArguments {
  @Option(help: "What the terminal shows of progress: auto, plain or none.")
  var progress: ProgressMode = .auto

  @Flag(name: [.short, .long], help: "Only errors.")
  var quiet = false

  @Flag(name: [.short, .long], help: "More: what notebooks print, kernels.")
  var verbose = false

  @Flag(
    help: "Write the result as JSON to standard output; what scripts print goes to standard error.")
  var json = false

  @Option(help: "Write a JSON object a line for everything that happens; `-` is standard output.")
  var events: String?

  @Option(help: "Write a JUnit report, one case a node.")
  var report: String?

  @Option(help: "Write a report to look at: one file with graph, times, outputs and errors.")
  var html: String?
}

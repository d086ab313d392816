import ArgumentParser
import NotebookExecution

/// All options of `lyre pipeline run`.
///
/// The command declares them itself: in debug builds the argument parser checks a group within a group
/// several times over, which took most of the time of short runs.
struct PipelineRunOptions {
  var pipeline: String
  var work: WorkOptions
  var parameters: ParameterOptions
  var limits: NodeLimitOptions
  var places: NodePlaceOptions
  var objects: ObjectStorageOptions
  var record: RecordOptions
  var reporting: PipelineReportingOptions
}

/// The nodes to run, and how to run them.
struct WorkOptions: ParsableArguments {
  @Option(
    name: [.customShort("j", allowingJoined: true), .long],
    help: ArgumentHelp(
      "Run this many nodes at once; 1 keeps Elyra's order. (default: one per core)", valueName: "n")
  )
  var jobs: Int?

  @Flag(help: "After a failure, continue with nodes that do not depend on it.")
  var keepGoing = false

  @Flag(help: "Start no more nodes after a failure; the default.")
  var failFast = false

  @Option(
    help: ArgumentHelp("Run only this node, by label, file or id; repeatable.", valueName: "node"),
    completion: Completions.nodes)
  var only: [String] = []

  @Option(
    help: ArgumentHelp("Run this node and all that depend on it; repeatable.", valueName: "node"),
    completion: Completions.nodes)
  var from: [String] = []

  @Option(
    help: ArgumentHelp("Run this node and all its dependencies; repeatable.", valueName: "node"),
    completion: Completions.nodes)
  var until: [String] = []

  @Flag(help: "Skip nodes whose inputs and outputs are unchanged.")
  var cached = false

  @Flag(help: "Continue where the last run failed or was stopped.")
  var resume = false

  @Flag(help: "Report what would run and why without running it; exit code 1 if anything would.")
  var dryRun = false

  @Flag(help: "Give Slurm the whole run and end: lyre pipeline follow shows it, stop stops it.")
  var detach = false

  @Flag(help: "Keep old outputs of cells that the run did not reach.")
  var keepOldOutputs = false

  @Option(
    help: ArgumentHelp(
      "Write executed notebooks to this directory instead of in place.",
      valueName: "dir"), completion: .directory)
  var outputDir: String?

  @Option(
    help: ArgumentHelp(
      "Run Python scripts with this Python. (default: the active environment's)",
      valueName: "python"), completion: .file())
  var python: String?

  @Option(
    help: ArgumentHelp(
      "The project's folder; no path may leave it. (default: git's work tree)",
      valueName: "dir"), completion: .directory)
  var root: String?
}

/// Limits of nodes.
struct NodeLimitOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Limit each node to this many seconds; a node's own limit wins.", valueName: "seconds"))
  var timeout: Double?

  @Option(help: ArgumentHelp("Run a failed node again up to this many times.", valueName: "n"))
  var retries = 0

  @Option(
    help: ArgumentHelp("Limit a kernel's start to this many seconds.", valueName: "seconds"))
  var startupTimeout: Double = 60

  @Option(help: "If a notebook's kernel is not installed: default (see lyre run) or never.")
  var kernelFallback: KernelFallback = .default
}

/// Where runs are recorded.
struct RecordOptions: ParsableArguments {
  @Option(
    name: .customLong("state"),
    help: ArgumentHelp(
      "Keep the record of runs in this directory. (default: $XDG_STATE_HOME/lyre)", valueName: "dir"
    ), completion: .directory)
  var directory: String?

  func validate() throws {
    if directory == "" { throw ValidationError("--state: expected the name of a directory") }
  }
}

/// How a pipeline's run is shown and reported, here or on an engine.
struct RunReportOptions: ParsableArguments {
  @Option(help: "Show progress: auto, plain or none.")
  var progress: ProgressMode = .auto

  @Flag(name: [.short, .long], help: "Report errors only.")
  var quiet = false

  @Flag(name: [.short, .long], help: "Verbose: also report kernels and what notebooks print.")
  var verbose = false

  @OptionGroup var log: EventLogOptions

  @Option(
    help: ArgumentHelp("Write a JUnit report with one case a node.", valueName: "file"),
    completion: .file(extensions: ["xml"]))
  var report: String?
}

/// The reports of a pipeline's run.
struct PipelineReportingOptions: ParsableArguments {
  @OptionGroup var run: RunReportOptions

  @Flag(
    help: "Write the result as JSON to standard output; scripts' output goes to standard error.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Write an HTML report with graph, times, outputs and errors.", valueName: "file"),
    completion: .file(extensions: ["html"]))
  var html: String?
}

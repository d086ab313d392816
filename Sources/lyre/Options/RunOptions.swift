public import ArgumentParser
import KernelClient
import NotebookExecution

/// All options of `lyre run`.
///
/// The command declares them itself: in debug builds the argument parser checks a group within a group
/// several times over, which took most of the time of short runs.
struct RunOptions {
  var notebooks: [String]
  var parameters: ParameterOptions
  var result: ResultOptions
  var kernel: KernelOptions
  var limits: LimitOptions
  var cells: CellOptions
  var reuse: ReuseOptions
  var reporting: ReportingOptions
  var storage: ObjectStorageOptions
  var record: RunRecordOptions
}

/// Whether and where the run is recorded.
struct RunRecordOptions: ParsableArguments {
  @Flag(help: "Do not record the run (see lyre history, lyre follow).")
  var noRecord = false

  @OptionGroup var place: RecordOptions
}

/// The destinations of results.
struct ResultOptions: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: """
      Write to this file instead of in place; `-` is standard output. `{name}` is the notebook's \
      name, `{run_date}` the date, `{x}` parameter x.
      """, completion: Completions.notebooks)
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Write each result under its own name into this directory.", valueName: "dir"),
    completion: .directory)
  var outputDir: String?

  @Flag(help: "Do not write the notebooks.")
  var noSave = false

  @Flag(help: "Keep old outputs of cells that the run did not reach.")
  var keepOldOutputs = false

  @Flag(help: "Refuse notebooks older than nbformat 4 instead of upgrading them to 4.5.")
  var keepVersion = false

  @Option(
    help: ArgumentHelp(
      "Save outputs every SECONDS while cells run; 0 saves at the end only.", valueName: "seconds"))
  var saveEvery: Double = 1.5

  @Option(
    help: ArgumentHelp(
      """
      Keep this many bytes of each cell's outputs (2000, 64k, 10M); all of them go to a file \
      beside the result.
      """,
      valueName: "bytes"))
  var maxOutput: String?

  @Flag(help: "Inject the parameters and write the result without running it.")
  var prepareOnly = false

  @Flag(help: "Hide the code of the result's cells in JupyterLab, as papermill does.")
  var reportMode = false

  @Flag(help: "Also write papermill's metadata.")
  var papermillMetadata = false

  @Flag(inversion: .prefixedNo, help: "Record when each cell ran in its metadata.")
  var recordTiming = true
}

/// The kernel, and how to start it.
struct KernelOptions: ParsableArguments {
  @Option(
    name: [.customShort("k", allowingJoined: true), .long],
    help: ArgumentHelp(
      "Use this kernel, and record it in the result. (default: the notebook's)", valueName: "name"),
    completion: Completions.kernels)
  var kernel: String?

  @Option(
    help: """
      If the notebook's kernel is not installed: default (use the environment's own kernel of the \
      language, or the only one) or never.
      """)
  var kernelFallback: KernelFallback = .default

  @Option(
    help: ArgumentHelp(
      "The kernel's working directory. (default: the notebook's directory)", valueName: "dir"),
    completion: .directory)
  var cwd: String?

  @Option(help: "Use these sockets: auto, ipc or tcp.")
  var transport: KernelConfiguration.Transport = .auto

  @Option(
    help: "Encrypt connections: auto (over TCP, if the kernel offers it), required or disabled.")
  var encryption: KernelConfiguration.Encryption = .auto

  @Option(
    help: ArgumentHelp(
      "Use the running kernel of this connection file, and leave it running.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var existing: String?

  @Option(
    help: ArgumentHelp("Append an argument to the kernel's command; repeatable.", valueName: "arg"))
  var kernelArg: [String] = []

  @Option(
    help: ArgumentHelp(
      "Answer input() from: none, inherit (standard input), or a file, one line each.",
      valueName: "source"), completion: .file())
  var stdin = "none"

  @Flag(help: "Start each kernel from scratch, and only when its notebook's turn comes.")
  var noWarmStart = false

  @Option(
    help: ArgumentHelp(
      "Import these modules before kernels are forked, as in numpy,pandas.", valueName: "modules"))
  var preload: String?
}

/// Time limits, and the handling of errors.
struct LimitOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Limit each cell to this many seconds; a cell's own limit or tag timeout=30 wins.",
      valueName: "seconds"))
  var timeout: Double?

  @Option(
    help: ArgumentHelp("Limit the whole notebook to this many seconds.", valueName: "seconds"))
  var totalTimeout: Double?

  @Option(
    help: ArgumentHelp("Limit the kernel's start to this many seconds.", valueName: "seconds"))
  var startupTimeout: Double = 60

  @Option(
    help: ArgumentHelp(
      "Limit the kernel's exit to this many seconds; 0 for no limit.", valueName: "seconds"))
  var shutdownTimeout: Double = 4

  @Option(help: "After a timed-out cell: stop, or continue with the next cell.")
  var onTimeout: RunConfiguration.TimeoutPolicy = .stop

  @Flag(help: "Continue after errors.")
  var allowErrors = false

  @Option(help: ArgumentHelp("Continue after errors of this name; repeatable.", valueName: "name"))
  var allowError: [String] = []

  @Flag(help: "Allow no errors, not even in cells tagged raises-exception.")
  var forceRaiseErrors = false

  @Flag(help: "Treat any displayed error as a failure, even if the kernel reports success.")
  var strict = false
}

/// The cells to run.
struct CellOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Run only these cells: numbers from 1, ranges, ids or tags, as in 3-7,load.",
      valueName: "cells"))
  var cells: String?

  @Option(
    help: ArgumentHelp(
      "Skip cells with this tag; repeatable. (default: skip-execution)", valueName: "tag"))
  var skipTag: [String] = []

  @Option(help: ArgumentHelp("Run only cells with this tag; repeatable.", valueName: "tag"))
  var onlyTag: [String] = []
}

/// The reports of a run.
struct ReportingOptions: ParsableArguments {
  @Option(
    name: [.customShort("j", allowingJoined: true), .long],
    help: ArgumentHelp("Run this many notebooks at once.", valueName: "n"))
  var jobs = 1

  @Option(help: "Show progress: auto, plain or none.")
  var progress: ProgressMode = .auto

  @Flag(name: [.short, .long], help: "Report errors only.")
  var quiet = false

  @Flag(name: [.short, .long], help: "Verbose: also report kernels, minor warnings and saves.")
  var verbose = false

  @OptionGroup var files: ReportFileOptions

  @Option(
    help: ArgumentHelp(
      "Write the result as one HTML file; `{name}` is the notebook's name.", valueName: "file"))
  var html: String?
}

extension KernelConfiguration.Transport: ExpressibleByArgument {}
extension KernelConfiguration.Encryption: ExpressibleByArgument {}
extension KernelFallback: ExpressibleByArgument {}
extension RunConfiguration.TimeoutPolicy: ExpressibleByArgument {}

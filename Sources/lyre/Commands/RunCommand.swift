public import ArgumentParser
import KernelClient
import NotebookExecution

/// The command `lyre run`.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run notebooks in place, streaming what they print.",
    discussion: """
      Outputs are written back into each file as they come; nothing else in the file changes. \
      What cells print goes to standard output and standard error; Lyre's own lines go to \
      standard error only.

      EXAMPLES
        lyre run analysis.ipynb
        lyre run analysis.ipynb -o result.ipynb --timeout 600
        lyre run notebooks/*.ipynb -j 2 --report tests.xml
        lyre run - < analysis.ipynb > result.ipynb
        lyre run sales.ipynb -p region north -p year 2026 -o sales-{region}.ipynb
        lyre run sales.ipynb -f all.yaml -y 'limits: [1, 2.5]' --strict-parameters

      EXIT CODES
        0 all ran   1 a cell failed   2 unusable input   3 time limit
        4 the kernel died   5 no such kernel, or it did not start   6 not written
        129/130/131/143 stopped by a signal
      """)

  @Argument(
    help: "Notebooks or patterns; `-` is standard input, with the result on standard output.")
  var notebooks: [String]

  @OptionGroup(title: "Parameters") var parameters: ParameterOptions
  @OptionGroup(title: "Result") var result: ResultOptions
  @OptionGroup(title: "Kernel") var kernel: KernelOptions
  @OptionGroup(title: "Limits and errors") var limits: LimitOptions
  @OptionGroup(title: "Which cells") var cells: CellOptions
  @OptionGroup(title: "What is told") var telling: TellingOptions

  func run() async throws {
    let plan: RunPlan
    do throws(UsageError) {
      plan = try RunPlan(self)
    } catch {
      throw ValidationError(error.message)
    }
    let code = await plan.run()
    if code != .success { throw ExitRequest(code: code) }
  }
}

/// Where results go.
struct ResultOptions: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: """
      Write there instead of in place; `-` is standard output. `{name}` is the notebook's name, \
      `{run_date}` the day, `{x}` the parameter x.
      """)
  var output: String?

  @Option(help: "Write each under its own name into this directory, made if missing.")
  var outputDir: String?

  @Flag(help: "Leave every file as it was.")
  var noSave = false

  @Flag(help: "Keep old outputs of cells that were to run and that the run did not reach.")
  var keepOldOutputs = false

  @Flag(help: "Refuse notebooks older than nbformat 4, which a run would make nbformat 4.5.")
  var keepVersion = false

  @Option(
    help: "Seconds after which outputs are saved while cells run; 0 saves at the end only.")
  var saveEvery: Double = 1.5

  @Option(
    help: "Bytes of each cell's outputs to keep (2000, 64k, 10M); all goes into a file beside.")
  var maxOutput: String?

  @Flag(help: "Put the parameters in, write the result, and run nothing.")
  var prepareOnly = false

  @Flag(help: "Hide the code of the result's cells in JupyterLab, as papermill does.")
  var reportMode = false

  @Flag(help: "Write papermill's metadata too, for tools that read it.")
  var papermillMetadata = false

  @Flag(inversion: .prefixedNo, help: "Record the times of each cell in its metadata.")
  var recordTiming = true
}

/// Which kernel, and how it is started.
struct KernelOptions: ParsableArguments {
  @Option(
    name: [.customShort("k"), .long],
    help: "The kernel to use and to record in the result. (default: the notebook's)")
  var kernel: String?

  @Option(
    help: """
      Where the notebook's kernel is not installed: default (the environment's own kernel of the \
      language, or the only one) or never.
      """)
  var kernelFallback: KernelFallback = .default

  @Option(help: "The kernel's working directory. (default: the notebook's directory)")
  var cwd: String?

  @Option(help: "Sockets to use: auto, ipc or tcp.")
  var transport: KernelConfiguration.Transport = .auto

  @Option(
    help: "Encrypted connections: auto (TCP, where the kernel offers it), required, disabled.")
  var encryption: KernelConfiguration.Encryption = .auto

  @Option(help: "Use a running kernel by its connection file, and leave it running.")
  var existing: String?

  @Option(help: "An argument to append to the kernel's command; may be repeated.")
  var kernelArg: [String] = []

  @Option(help: "Answers to input(): none, inherit, or a file with a line for each.")
  var stdin = "none"

  @Flag(help: "With several notebooks: start each kernel from nothing, and not before its turn.")
  var noWarmStart = false

  @Option(help: "Modules that warm starts of Python import beforehand, as in numpy,pandas.")
  var preload: String?
}

/// Limits, and what follows an error.
struct LimitOptions: ParsableArguments {
  @Option(help: "Seconds that each cell may take; a cell's own limit, or tag timeout=30, wins.")
  var timeout: Double?

  @Option(help: "Seconds that the whole notebook may take.")
  var totalTimeout: Double?

  @Option(help: "Seconds from the kernel's start to its first reply.")
  var startupTimeout: Double = 60

  @Option(help: "Seconds that the kernel may take to exit at the end; 0 for no limit.")
  var shutdownTimeout: Double = 2

  @Option(help: "What follows a timed-out cell: stop or continue; code 3 unless it is allowed.")
  var onTimeout: RunConfiguration.TimeoutPolicy = .stop

  @Flag(help: "Go on after errors.")
  var allowErrors = false

  @Option(help: "Go on after errors of this name; may be repeated.")
  var allowError: [String] = []

  @Flag(help: "Allow no error, whatever --allow-errors and cells tagged raises-exception say.")
  var forceRaiseErrors = false

  @Flag(help: "A cell fails by any error that it shows, also where the kernel says it succeeded.")
  var strict = false
}

/// Which cells run.
struct CellOptions: ParsableArguments {
  @Option(help: "Cells to run: numbers from 1, ranges, ids or tags, as in 3-7,load.")
  var cells: String?

  @Option(help: "Leave out cells with this tag; may be repeated. (default: skip-execution)")
  var skipTag: [String] = []

  @Option(help: "Run only cells with this tag; may be repeated.")
  var onlyTag: [String] = []
}

/// What is told, and how.
struct TellingOptions: ParsableArguments {
  @Option(name: [.short, .long], help: "How many notebooks run at once.")
  var jobs = 1

  @Option(help: "What the terminal shows of progress: auto, plain or none.")
  var progress: ProgressMode = .auto

  @Flag(name: [.short, .long], help: "Only errors.")
  var quiet = false

  @Flag(name: [.short, .long], help: "More: kernels, warnings of no consequence, saves.")
  var verbose = false

  @Option(help: "Write a JSON object a line for everything that happens; `-` is standard output.")
  var events: String?

  @Option(help: "Write a JUnit report, one case a cell.")
  var report: String?
}

/// What the terminal shows of progress.
enum ProgressMode: String, ExpressibleByArgument, CaseIterable {
  case auto
  case plain
  case none
}

extension KernelConfiguration.Transport: ExpressibleByArgument {}
extension KernelConfiguration.Encryption: ExpressibleByArgument {}
extension KernelFallback: ExpressibleByArgument {}
extension RunConfiguration.TimeoutPolicy: ExpressibleByArgument {}

public import JupyterProtocol
public import NotebookDocument
public import RunEvents

/// How a notebook is run.
public struct RunConfiguration: Sendable {
  /// What follows a cell whose time has run out.
  public enum TimeoutPolicy: String, Sendable, CaseIterable {
    /// The run ends.
    case stop
    /// The next cell runs, when the kernel obeyed the interrupt.
    case `continue`
  }

  /// Answers a kernel that asks for input; nil is the end of the input.
  public typealias InputProvider = @Sendable (InputRequest) async -> String?

  /// What the events of the run say they are about.
  public var subject: RunSubject

  /// How long each cell may take; a cell's own limit wins: `metadata.lyre.timeout`, in seconds, or
  /// a tag such as `timeout=30`.
  public var cellTimeout: Duration?
  /// How long the whole notebook may take, from the first cell on.
  public var totalTimeout: Duration?
  /// What follows a cell whose time has run out.
  public var onTimeout: TimeoutPolicy
  /// How long a kernel may take to obey an interrupt, and then SIGTERM.
  public var interruptPatience: Duration

  /// How long a kernel that has replied may send nothing, not a byte, and do nothing, before the
  /// rest of a cell's outputs is given up; the cell has failed then, with `OutputIncomplete`.
  public var outputPatience: Duration

  /// Whether the run goes on after any error.
  public var allowsErrors: Bool
  /// The names of errors after which the run goes on.
  public var allowedErrors: Set<String>

  /// Whether every error fails the run: `allowsErrors`, `allowedErrors` and the tag
  /// `raises-exception` count for nothing.
  public var forcesErrors: Bool
  /// Whether a cell fails by an error among its outputs, although the kernel says that it
  /// succeeded.
  public var failsOnErrorOutputs: Bool

  /// Cells with one of these tags are not run.
  public var skippedTags: Set<String>
  /// Only cells with one of these tags are run; empty for all.
  public var onlyTags: Set<String>
  /// Which cells are run; nil for all.
  public var selection: (@Sendable (NotebookCell) -> Bool)?

  /// Whether cells that are to be run, and that the run does not reach, keep what an earlier run has
  /// put into them.
  public var keepsOldOutputs: Bool

  /// Answers `input()`; without it the kernel is told that there is no input.
  public var input: InputProvider?

  /// Whether `metadata.execution` of each cell gets the times of its run.
  public var recordsTiming: Bool
  /// Whether `metadata.widgets` gets the state of widgets.
  public var storesWidgets: Bool
  /// How much of each cell's outputs is kept; nil for all.
  public var outputLimit: OutputLimit?
  /// Whether the kernel's use of processor and memory is measured after each cell.
  public var measuresResources: Bool
  /// What is written where papermill's keys are looked for; nil for nothing.
  public var papermill: PapermillMetadata?
  /// How long outputs may wait before they are saved; nil until the end of the run.
  public var saveInterval: Duration?

  /// The defaults: no limits, stop at the first error, save before outputs are two seconds old.
  public init() {
    subject = RunSubject()
    cellTimeout = nil
    totalTimeout = nil
    onTimeout = .stop
    interruptPatience = .seconds(5)
    outputPatience = .seconds(60)
    allowsErrors = false
    allowedErrors = []
    forcesErrors = false
    failsOnErrorOutputs = false
    skippedTags = ["skip-execution"]
    onlyTags = []
    selection = nil
    keepsOldOutputs = false
    input = nil
    recordsTiming = true
    storesWidgets = true
    outputLimit = nil
    measuresResources = true
    papermill = nil
    // Writing them takes a moment too.
    saveInterval = .milliseconds(1500)
  }
}

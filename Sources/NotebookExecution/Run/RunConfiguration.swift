public import JupyterProtocol
public import NotebookDocument
public import RunEvents

/// How to run a notebook.
public struct RunConfiguration: Sendable {
  /// What to do after a cell timed out.
  public enum TimeoutPolicy: String, Sendable, CaseIterable {
    /// End the run.
    case stop
    /// Run the next cell if the kernel obeyed the interrupt.
    case `continue`
  }

  /// Answers a kernel's request for input; nil marks the end of the input.
  public typealias InputProvider = @Sendable (InputRequest) async -> String?

  /// The subject of the run's events.
  public var subject: RunSubject

  /// The time limit of each cell; a cell's own limit takes precedence: `metadata.lyre.timeout`, in
  /// seconds, or a tag such as `timeout=30`.
  public var cellTimeout: Duration?
  /// The time limit of the whole notebook, measured from the first cell.
  public var totalTimeout: Duration?
  /// What to do after a cell timed out.
  public var onTimeout: TimeoutPolicy
  /// How long to wait for a kernel to obey an interrupt, and then SIGTERM.
  public var interruptPatience: Duration

  /// How long a kernel may be inactive, without a byte sent, between its reply and the rest of a
  /// cell's outputs; after that the cell fails with `OutputIncomplete`.
  public var outputPatience: Duration

  /// Whether the run continues after any error.
  public var allowsErrors: Bool
  /// The names of errors after which the run continues.
  public var allowedErrors: Set<String>

  /// Whether every error fails the run: `allowsErrors`, `allowedErrors` and the tag
  /// `raises-exception` are ignored.
  public var forcesErrors: Bool
  /// Whether an error among a cell's outputs fails the cell, even if the kernel reported success.
  public var failsOnErrorOutputs: Bool

  /// Skips cells with one of these tags.
  public var skippedTags: Set<String>
  /// Runs only cells with one of these tags; empty for all.
  public var onlyTags: Set<String>
  /// Selects the cells to run; nil for all.
  public var selection: (@Sendable (NotebookCell) -> Bool)?

  /// Whether cells that the run does not reach keep the results of an earlier run.
  public var keepsOldOutputs: Bool

  /// Answers `input()`; if nil, requests of the kernel do not allow input.
  public var input: InputProvider?

  /// Whether to write the times of each cell to its `metadata.execution`.
  public var recordsTiming: Bool
  /// Whether to write the state of widgets to `metadata.widgets`.
  public var storesWidgets: Bool
  /// How much of each cell's outputs to keep; nil for all.
  public var outputLimit: OutputLimit?
  /// Whether to measure the kernel's processor time and memory after each cell.
  public var measuresResources: Bool
  /// The metadata to write in papermill's format; nil for none.
  public var papermill: PapermillMetadata?
  /// How long outputs may wait to be saved; nil saves only at the end of the run.
  public var saveInterval: Duration?

  /// Creates the default configuration: no time limits, stop at the first error, save outputs
  /// before they are two seconds old.
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
    // Less than two seconds, because saving takes time too.
    saveInterval = .milliseconds(1500)
  }
}

import NotebookDocument
import NotebookExecution
import RunEvents

/// How one attempt of a node ended.
struct NodeOutcome: Sendable {
  var status: NodeStatus
  var message: String?
  var cells: [CellResult] = []
  /// The executed notebook, with its parameters and results.
  var executed: NotebookDocument?
  /// Where the executed notebook is stored.
  var result: ExecutedNotebook?
  var standardErrorTail = ""
  /// When the attempt began, in nanoseconds since 1970-01-01 00:00 UTC, and how long it took.
  var started: Int64?
  var duration = Duration.zero
  /// The run whose result is used instead.
  var cachedRun: Int64?

  /// Whether another attempt may end differently.
  var mayRetry: Bool { status.isFailure && status != .notWritten }
}

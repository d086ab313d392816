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
  /// Whether it only failed because it left no result: it may have done its work.
  var mayBeSuccess = false

  /// Whether another attempt may end differently.
  var mayRetry: Bool { status.isFailure && status != .notWritten }

  /// The outcome of a node that has not said how it ended, if its results cannot be read.
  ///
  /// Whoever ran it may know why it ended: then this is the reason, and the results come second. If
  /// it may have done its work, this is not repeated.
  ///
  /// - Parameter problem: where the results are, and why they cannot be read.
  func withoutResults(_ problem: String) -> NodeOutcome {
    var outcome = self
    if mayBeSuccess { outcome.status = .notWritten }
    outcome.message = message.map { "\($0); \(problem)" } ?? problem
    return outcome
  }
}

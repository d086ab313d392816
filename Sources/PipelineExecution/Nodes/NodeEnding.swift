import NotebookExecution

/// How one attempt of a node ended.
struct NodeEnding: Sendable {
  var status: NodeStatus
  var message: String?
  var cells: [CellResult] = []
  var standardErrorTail = ""
  /// The run whose result is used instead.
  var cachedRun: Int64?

  /// Whether another attempt may end differently.
  var mayRetry: Bool { status.isFailure && status != .notWritten }
}

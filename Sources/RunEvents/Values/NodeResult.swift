/// How a node of a pipeline ended, or why it did not run.
public enum NodeStatus: String, Sendable, Hashable, CaseIterable {
  /// Not started.
  case waiting
  /// Running.
  case running
  /// Succeeded.
  case succeeded
  /// Not run, because nothing has changed since it last succeeded.
  case cached
  /// A cell or the script failed, or an input or output was missing.
  case failed
  /// It exceeded its time limit.
  case timedOut = "timed_out"
  /// Its kernel died.
  case kernelDied = "kernel_died"
  /// The kernel does not exist or did not start.
  case kernelNotStarted = "kernel_not_started"
  /// Its result could not be written.
  case notWritten = "not_written"
  /// The run was stopped during the node.
  case interrupted
  /// A node that it depends on failed.
  case blocked
  /// Not selected.
  case skipped
  /// The run ended before it started.
  case notRun = "not_run"

  /// Whether it ran and did not succeed.
  public var isFailure: Bool {
    switch self {
    case .failed, .timedOut, .kernelDied, .kernelNotStarted, .notWritten: true
    default: false
    }
  }

  /// Whether the node's outputs are available.
  public var isDone: Bool { self == .succeeded || self == .cached }
}

/// The result of a node.
public struct NodeResult: Sendable, Hashable {
  /// Its place in the pipeline's graph, from 0.
  public var place: Int
  /// Its id in the pipeline's file.
  public var id: String
  /// Its label.
  public var label: String
  /// The path of the notebook or script, relative to the pipeline's folder.
  public var file: String?
  /// How it ended.
  public var status: NodeStatus = .waiting
  /// An explanation of the status; nil if it needs none.
  public var message: String?
  /// Why it ran, if earlier runs were considered.
  public var reason: String?
  /// The number of attempts.
  public var attempts = 0
  /// When the first attempt started, in nanoseconds since 1970-01-01 00:00 UTC; nil if none did.
  public var started: Int64?
  /// The duration of all attempts together.
  public var duration: Duration = .zero
  /// The results of a notebook's cells.
  public var cells: [CellResult] = []
  /// The log file with its complete output; nil if there is none.
  public var log: String?
  /// The last lines of standard error from a script or a kernel that failed.
  public var standardErrorTail: String = ""
  /// The run whose result is used, if the node did not run.
  public var cachedRun: Int64?
  /// The name of the executed notebook in the record of runs; nil if it is not stored.
  public var executed: String?

  /// Creates the result of a node that has not run.
  public init(place: Int, id: String, label: String, file: String?) {
    self.place = place
    self.id = id
    self.label = label
    self.file = file
  }

  /// The node's identity.
  public var identity: NodeIdentity { NodeIdentity(place: place, id: id, label: label) }
}

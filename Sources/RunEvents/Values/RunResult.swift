/// How the run of a notebook ended.
public enum RunOutcome: Sendable, Hashable {
  /// All selected cells ran; allowed errors do not count.
  case completed
  /// The cell at that place raised an error.
  case failed(cell: Int)
  /// The cell at that place exceeded its time limit; if the run continues after timeouts, later
  /// cells have run.
  case timedOut(cell: Int)
  /// The notebook exceeded its total time limit in the cell at that place.
  case totalTimeExceeded(cell: Int)
  /// The kernel ended during or before the cell at that place.
  case kernelDied(KernelEnd, cell: Int)
  /// The run was stopped by a signal with that number.
  case stopped(signal: Int32)
  /// No cell ran, because nothing has changed since the run with that name.
  case cached(run: String)

  /// The outcome's name in logs.
  public var name: String {
    switch self {
    case .completed: "completed"
    case .failed: "failed"
    case .timedOut: "timed_out"
    case .totalTimeExceeded: "total_time_exceeded"
    case .kernelDied: "kernel_died"
    case .stopped: "stopped"
    case .cached: "cached"
    }
  }
}

/// The result of a notebook's run.
public struct RunResult: Sendable, Hashable {
  /// How it ended.
  public var outcome: RunOutcome
  /// The result of each cell, in order.
  public var cells: [CellResult]
  /// The time from the start of the first cell to the end of the last.
  public var duration: Duration
  /// The total resources that the kernel used; nil if unknown.
  public var resources: ResourceUse?
  /// The last lines of the kernel's own standard error, if it died.
  public var standardErrorTail: String

  /// Creates a result.
  public init(
    outcome: RunOutcome, cells: [CellResult], duration: Duration = .zero,
    resources: ResourceUse? = nil, standardErrorTail: String = ""
  ) {
    self.outcome = outcome
    self.cells = cells
    self.duration = duration
    self.resources = resources
    self.standardErrorTail = standardErrorTail
  }
}

/// Why a notebook could not be run.
public struct RunFailure: Sendable, Hashable {
  /// The reason in words.
  public var message: String
  /// The exit code of a command that fails for this reason.
  public var code: Int
  /// The notebook's cells, which did not run; empty if the notebook could not be read.
  public var cells: [CellResult]

  /// Creates a value from its parts.
  public init(message: String, code: Int, cells: [CellResult] = []) {
    self.message = message
    self.code = code
    self.cells = cells
  }
}

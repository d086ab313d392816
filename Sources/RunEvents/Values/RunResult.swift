/// How the run of a notebook ended.
public enum RunOutcome: Sendable, Hashable {
  /// Every cell that was to be run has run; errors that were allowed do not count.
  case completed
  /// The cell at that place raised an error.
  case failed(cell: Int)
  /// The time of the cell at that place ran out; where the run goes on after it, the cells after it
  /// have run.
  case timedOut(cell: Int)
  /// The time of the whole notebook ran out in the cell at that place.
  case totalTimeExceeded(cell: Int)
  /// The kernel ended, in or before the cell at that place.
  case kernelDied(KernelEnd, cell: Int)
  /// It was stopped by a signal of that number.
  case stopped(signal: Int32)

  /// The outcome's name in logs.
  public var name: String {
    switch self {
    case .completed: "completed"
    case .failed: "failed"
    case .timedOut: "timed_out"
    case .totalTimeExceeded: "total_time_exceeded"
    case .kernelDied: "kernel_died"
    case .stopped: "stopped"
    }
  }
}

/// The result of a notebook's run.
public struct RunResult: Sendable, Hashable {
  /// How it ended.
  public var outcome: RunOutcome
  /// The result of each cell, in order.
  public var cells: [CellResult]
  /// How long the cells took together, from the first to the last.
  public var duration: Duration
  /// What the kernel used in all; nil where that is not known.
  public var resources: ResourceUse?
  /// The last lines that the kernel wrote to its own standard error, where it died.
  public var standardErrorTail: String

  /// A result.
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

/// Why a notebook could not be run at all.
public struct RunFailure: Sendable, Hashable {
  /// Why, in words.
  public var message: String
  /// The exit code that a command ends with for this reason.
  public var code: Int
  /// The notebook's cells, which were not run; empty where the notebook could not be read.
  public var cells: [CellResult]

  /// A reason.
  public init(message: String, code: Int, cells: [CellResult] = []) {
    self.message = message
    self.code = code
    self.cells = cells
  }
}

public import JupyterProtocol
public import Processes

/// How a cell ended, or why it has not run.
public enum CellStatus: String, Sendable, Hashable, CaseIterable {
  /// It has not begun.
  case pending
  /// It runs.
  case running
  /// It ran, without an error.
  case succeeded
  /// It raised an error.
  case failed
  /// Its time, or the notebook's, ran out.
  case timedOut = "timed_out"
  /// The run was stopped while it ran.
  case interrupted
  /// The kernel ended while it ran.
  case killedWithKernel = "killed_with_kernel"
  /// It was not to be run: no code, or left out by a tag or a selection.
  case skipped
  /// The run ended before it.
  case notRun = "not_run"
}

/// What became of a cell.
public struct CellResult: Sendable, Hashable {
  /// Its place among all cells, from 0.
  public var index: Int
  /// Its id, where it has one.
  public var id: String?
  /// Whether it is a code cell with something in it.
  public var isCode: Bool
  /// The first line of its source that is not blank.
  public var firstLine: String
  /// How it ended.
  public var status: CellStatus
  /// The kernel's number of the run.
  public var executionCount: Int?
  /// How long it took; zero for one that has not run.
  public var duration: Duration
  /// The error that it raised.
  public var error: ErrorContent?
  /// Whether its error was allowed; or, where the run goes on after it, that its time ran out.
  public var errorIsAllowed: Bool
  /// The limit that ran out, its own or the notebook's; nil for a cell that was not timed out.
  public var limit: Duration?
  /// What the kernel used while it ran; nil where that is not known.
  public var resources: ResourceUse?
  /// Whether the notebook had something of an earlier run in it, which this run has removed.
  public var hadOldResults = false

  /// `it took longer than its limit of 30 s`; nil for a cell that was not timed out.
  public var limitText: String? {
    limit.map { "it took longer than its limit of \($0.inSeconds)" }
  }

  /// `cell 3 (In [2]) 'x = 1'`: the cell's number from 1, the kernel's number and the first line.
  public var name: String {
    let count = executionCount.map { " (In [\($0)])" } ?? ""
    return "cell \(index + 1)\(count) '\(firstLine)'"
  }
}

/// How a run ended.
public enum RunOutcome: Sendable, Hashable {
  /// Every cell that was to be run has run; errors that were allowed do not count.
  case completed
  /// The cell at that place raised an error.
  case failed(cell: Int)
  /// The time of the cell at that place ran out; with ``RunConfiguration/TimeoutPolicy/continue``
  /// the cells after it have run.
  case timedOut(cell: Int)
  /// The time of the whole notebook ran out in the cell at that place.
  case totalTimeExceeded(cell: Int)
  /// The kernel ended, in or before the cell at that place.
  case kernelDied(ExitStatus, cell: Int)
  /// It was stopped by a signal of that number.
  case stopped(signal: Int32)
}

/// What became of a notebook's run.
public struct RunResult: Sendable, Hashable {
  /// How it ended.
  public var outcome: RunOutcome
  /// What became of each cell, in order.
  public var cells: [CellResult]
  /// How long the cells took together, from the first to the last.
  public var duration: Duration
  /// What the kernel used in all; nil where that is not known.
  public var resources: ResourceUse?
  /// The last lines that the kernel wrote to its own standard error, where it died.
  public var standardErrorTail: String
}

/// How a notebook ended as a test.
public struct TestResult: Sendable, Hashable {
  /// The verdict.
  public enum Status: String, Sendable, Hashable, CaseIterable {
    /// Every cell ran, and compared outputs agreed.
    case passed
    /// It passed before, and nothing changed since.
    case unchanged
    /// Its new outputs were stored, and nothing failed.
    case updated
    /// A cell failed, or outputs differ.
    case failed
    /// The notebook could not be run.
    case error
    /// There was nothing to run, or it skipped itself.
    case skipped
    /// The test was stopped, or ended before it.
    case notRun = "not_run"
  }

  /// A part of the notebook that failed.
  public struct Failure: Sendable, Hashable {
    /// The cell's index from 0; nil if it is not about a cell.
    public var cell: Int?
    /// The cell, and the problem.
    public var message: String
    /// The traceback, with ANSI colours; empty if there is none.
    public var traceback: String
    /// The differences of its outputs: for each output a text with the lines that differ.
    public var differences: [String]

    /// Creates a failure from its parts.
    public init(cell: Int?, message: String, traceback: String = "", differences: [String] = []) {
      self.cell = cell
      self.message = message
      self.traceback = traceback
      self.differences = differences
    }
  }

  /// The verdict.
  public var status: Status
  /// Why it was skipped or could not be run.
  public var reason: String?
  /// What failed.
  public var failures: [Failure] = []
  /// The indices from 0 of the cells whose outputs were stored.
  public var updated: [Int] = []
  /// When it passed, in nanoseconds since 1970-01-01 00:00 UTC, if it is unchanged since.
  public var passed: Int64?
  /// The time from the start of the first cell to the end of the last.
  public var duration: Duration = .zero
  /// The result of each cell of the file, in order; empty if it could not be read.
  public var cells: [CellResult] = []

  /// Creates a result without details.
  public init(_ status: Status, reason: String? = nil) {
    self.status = status
    self.reason = reason
  }
}

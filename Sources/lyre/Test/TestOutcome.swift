import NotebookComparison
import RunEvents

/// How the test of a notebook ended.
struct TestOutcome: Sendable {
  /// What failed in a notebook.
  struct Failure: Sendable {
    /// The cell's number from 1; nil if it is not about a cell.
    var cell: Int?
    /// The cell, and what is wrong with it.
    var title: String
    /// A traceback, with its colours.
    var traceback = ""
    var differences: [OutputDifference] = []
  }

  /// The notebook's name in messages.
  var name: String
  var status: TestResult.Status
  /// Why it was skipped or could not be run.
  var reason: String?
  /// How many cells ran.
  var cells = 0
  var duration = Duration.zero
  var failures: [Failure] = []
  /// The numbers of the cells whose outputs were stored.
  var updated: [Int] = []
  /// When it passed, in nanoseconds since 1970-01-01 00:00 UTC, if it is unchanged since.
  var passed: Int64?
  /// A line for each cell, for `-v`.
  var details: [String] = []
  /// The result of each cell in the file; empty if it could not be read.
  var results: [CellResult] = []

  init(_ name: String, _ status: TestResult.Status, reason: String? = nil) {
    self.name = name
    self.status = status
    self.reason = reason
  }

  /// The result for the event log.
  var result: TestResult {
    var result = TestResult(status, reason: reason)
    result.failures = failures.map { failure in
      .init(
        cell: failure.cell.map { $0 - 1 }, message: failure.title, traceback: failure.traceback,
        differences: failure.differences.map(\.text))
    }
    result.updated = updated.map { $0 - 1 }
    result.passed = passed
    result.duration = duration
    result.cells = results
    return result
  }
}

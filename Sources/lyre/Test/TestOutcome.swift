import NotebookComparison

/// How the test of a notebook ended.
struct TestOutcome: Sendable {
  enum Status: String, Sendable, CaseIterable {
    case passed
    /// Outputs were stored, and nothing failed.
    case updated
    case failed
    /// The notebook could not be run.
    case error
    case skipped
    case notRun = "not run"
  }

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
  var status: Status
  /// Why it was skipped or could not be run.
  var reason: String?
  /// How many cells ran.
  var cells = 0
  var duration = Duration.zero
  var failures: [Failure] = []
  /// The numbers of the cells whose outputs were stored.
  var updated: [Int] = []
  /// A line for each cell, for `-v`.
  var details: [String] = []

  init(_ name: String, _ status: Status, reason: String? = nil) {
    self.name = name
    self.status = status
    self.reason = reason
  }
}

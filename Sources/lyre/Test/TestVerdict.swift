import NotebookComparison
import Processes
import Reports
import RunEvents

/// What the run of a notebook means as a test.
struct TestVerdict {
  /// The result with the cells of the file, without cells that were added for the test.
  private var result: RunResult
  private let differences: [Int: [OutputDifference]]

  /// - Parameters:
  ///   - result: the result of the notebook that was run.
  ///   - cells: which of its cells are those of the file.
  ///   - differences: the differences of cells, by their places in the file.
  init(_ result: RunResult, _ cells: MockCells?, _ differences: [Int: [OutputDifference]]) {
    self.differences = differences
    self.result = result
    guard let cells, !cells.mocks.isEmpty else { return }
    self.result.cells = cells.places.enumerated().map { place, run in
      var cell = result.cells[run]
      cell.index = place
      if let mock = cells.mocks[place],
        [.failed, .timedOut, .killedWithKernel, .interrupted].contains(result.cells[mock].status)
      {
        cell.status = result.cells[mock].status
        cell.limit = result.cells[mock].limit
        cell.errorIsAllowed = result.cells[mock].errorIsAllowed
        cell.error = result.cells[mock].error.map { error in
          CellError(
            name: error.name, value: "in nbmake's code after the cell: \(error.value)",
            traceback: error.traceback)
        }
      }
      return cell
    }
  }

  /// The exit code.
  var code: ExitCode {
    let code = ExitCode(result.outcome)
    return code == .success && !differences.isEmpty ? .cellFailed : code
  }

  /// The outcome of the notebook with this name.
  func outcome(_ name: String) -> TestOutcome {
    var outcome = TestOutcome(name, code == .success ? .passed : .failed)
    let ran = result.cells.filter { $0.status != .skipped && $0.status != .notRun }
    outcome.cells = ran.count
    outcome.duration = result.duration
    outcome.details = result.cells.filter(\.isCode).map(detail)
    if case .stopped(let signal) = result.outcome {
      outcome.status = .notRun
      outcome.reason = "stopped by \(ExitStatus.name(of: signal))"
      return outcome
    }
    if let reason = skipReason {
      outcome.status = .skipped
      outcome.reason = reason
      return outcome
    }
    outcome.failures = result.cells.compactMap(failure)
    return outcome
  }

  /// The result for a report: a cell that skipped the notebook did not fail.
  var reported: RunResult {
    guard skipReason != nil else { return result }
    var reported = result
    for place in reported.cells.indices where reported.cells[place].status == .failed {
      reported.cells[place].status = .skipped
    }
    return reported
  }

  /// Why the notebook skipped itself, as by `pytest.skip("no GPU")`.
  private var skipReason: String? {
    guard case .failed = result.outcome,
      let cell = result.cells.first(where: { $0.status == .failed && !$0.errorIsAllowed }),
      let error = cell.error, ["Skipped", "SkipTest"].contains(error.name),
      // What was found before the skip stays.
      !differences.keys.contains(where: { $0 < cell.index })
    else { return nil }
    return error.value.isEmpty ? "the notebook skipped itself" : error.value
  }

  private func detail(_ cell: CellResult) -> String {
    let word = differences[cell.index] == nil ? cell.status.word : "differs"
    let allowed = cell.status == .failed && cell.errorIsAllowed ? " (allowed)" : ""
    return "\(cell.name) \(word)\(allowed) in \(Format.duration(cell.duration))"
  }

  private func failure(_ cell: CellResult) -> TestOutcome.Failure? {
    func failure(_ reason: String, traceback: String = "") -> TestOutcome.Failure {
      .init(cell: cell.index + 1, title: "\(cell.name) \(reason)", traceback: traceback)
    }
    switch cell.status {
    case .failed where !cell.errorIsAllowed:
      let traceback = (cell.error?.traceback ?? []).joined(separator: "\n")
      return failure("failed: \(cell.error?.summary ?? "an error")", traceback: traceback)
    case .timedOut where !cell.errorIsAllowed:
      return failure("timed out: \(cell.limitText ?? "the time ran out")")
    case .killedWithKernel:
      guard case .kernelDied(let end, _) = result.outcome else { return failure("killed") }
      let tail = result.standardErrorTail.split(separator: "\n").suffix(10)
      return failure("failed: the kernel \(end)", traceback: tail.joined(separator: "\n"))
    default:
      guard let differences = differences[cell.index] else { return nil }
      var result = failure("differs from the stored outputs")
      result.differences = differences
      return result
    }
  }
}

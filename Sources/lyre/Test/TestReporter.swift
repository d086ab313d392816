import JSONCore
import JupyterProtocol
import NotebookComparison
import NotebookDocument
import NotebookExecution
import NotebookParameters
import PipelineExecution
import Processes
import Reports
import RunEvents
import RunRecord
import Synchronization

/// Judges one notebook's run as a test.
final class TestReporter: NotebookReporter {
  private struct State {
    /// The notebook in the file.
    var stored: NotebookDocument?
    /// The cells in the file, before the run.
    var planned: [CellResult] = []
    var cells: MockCells?
    var differences: [Int: [OutputDifference]] = [:]
    /// The places of the cells whose outputs are stored.
    var updated: [Int] = []
  }

  private let name: String
  let subject: RunSubject
  private let settings: TestSettings
  private let tell: @Sendable (TestOutcome) -> Void
  private let printer = Printer.shared
  private let state = Mutex(State())

  /// Creates the reporter of a notebook.
  ///
  /// - Parameter tell: called once with the outcome.
  init(
    _ argument: String, _ settings: TestSettings, tell: @escaping @Sendable (TestOutcome) -> Void
  ) {
    name = NotebookInput.name(argument)
    subject = RunSubject(run: .name(Session.makeID()), notebook: name)
    self.settings = settings
    self.tell = tell
  }

  // MARK: Before the run

  func prepare(_ document: inout NotebookDocument, _ configuration: inout RunConfiguration)
    -> ExitCode?
  {
    let stored = document
    let cells: MockCells
    do throws(ParameterError) {
      cells = try MockCells(into: &document, kernel: settings.kernel)
    } catch {
      return fail("the metadata 'nbmake' cannot be used: \(error)", .unusableInput, stored)
    }
    state.withLock { state in
      state.stored = stored
      state.cells = cells
    }
    for cell in stored.cells where cell.kind == .code {
      for conflict in CellMarks(cell).conflicts { warn("cell \(cell.index + 1): \(conflict)") }
    }
    configuration.selection = { !CellMarks($0).isSkipped }
    configuration.allowsErrorsOf = { CellMarks($0).allowsErrors }
    configuration.continuesAfterFailures = settings.comparison != nil
    configuration.storesWidgets = settings.stored != .none
    takeMetadata(of: stored, into: &configuration)
    let planned = RunResult(notRun: stored, configuration: configuration, outcome: .completed)
    state.withLock { $0.planned = planned.cells }
    guard planned.cells.allSatisfy({ $0.status == .skipped }) else { return nil }
    let hasCode = planned.cells.contains(where: \.isCode)
    return skip(planned, hasCode ? "all cells are marked to be skipped" : "there is no code to run")
  }

  /// nbmake's metadata of a notebook: `execution.timeout` and `execution.allow_errors`.
  private func takeMetadata(
    of document: NotebookDocument, into configuration: inout RunConfiguration
  ) {
    if let timeout = document.metadata("execution", "timeout") {
      if let seconds = timeout.double, seconds < 1e9 {
        // 0, negative numbers and null are no limit, as for nbclient.
        configuration.cellTimeout = seconds > 0 ? .seconds(seconds) : nil
      } else if timeout.isNull {
        configuration.cellTimeout = nil
      } else {
        warn("metadata.execution.timeout is \(timeout), not a number of seconds; it is ignored")
      }
    }
    if document.metadata("execution", "allow_errors")?.bool == true {
      configuration.allowsErrors = true
    }
  }

  private func skip(_ result: RunResult, _ reason: String) -> ExitCode {
    settings.junit?.add(notebook: name, result)
    end(TestOutcome(name, .skipped, reason: reason), result.cells)
    return .success
  }

  // MARK: The comparison with an earlier test

  func comparing(_ progress: FileComparison) {
    log("\(name): comparing files: \(progress.text)")
  }

  func starts(because reason: String) { log("\(name): started (\(reason))") }

  private func log(_ line: VisibleText) {
    if !settings.isQuiet, settings.progress != .none { printer.log(line) }
  }

  /// Reports a notebook that passed before and did not have to run: in the report its cells pass,
  /// and in the events they are skipped.
  func unchanged(since run: GoodRun, _ document: NotebookDocument, _ stored: NotebookDocument?)
    -> ExitCode
  {
    var cells = state.withLock { $0.planned }
    for place in cells.indices where cells[place].status == .notRun {
      cells[place].status = .succeeded
    }
    settings.junit?.add(
      notebook: name, RunResult(outcome: .cached(run: run.run), cells: cells),
      unchangedSince: JSONDate.text(nanoseconds: run.ended, digits: 6))
    for place in cells.indices { cells[place].status = .skipped }
    let result = RunResult(outcome: .cached(run: run.run), cells: cells)
    settings.events?.write(RunEvent(.runFinished(result), of: subject))
    var outcome = TestOutcome(name, .unchanged)
    outcome.passed = run.ended
    end(outcome, cells)
    return .success
  }

  /// A test whose new outputs were stored has not yet been compared with them.
  func isGood(_ result: RunResult) -> Bool { state.withLock { $0.updated.isEmpty } }

  // MARK: During the run

  func report(_ event: RunEvent) {
    settings.events?.write(event)
    switch event.kind {
    case .cellStarted(let cell, let number, let toRun): show(cell, number, toRun)
    case .warning(let warning): show(warning)
    default: break
    }
  }

  func warn(_ warning: RunWarning) {
    settings.events?.write(RunEvent(.warning(warning), of: subject))
    show(warning)
  }

  private func show(_ warning: RunWarning) {
    guard !settings.isQuiet else { return }
    printer.log("\("warning:", .yellow) \(name): \(warning.text)")
  }

  private func show(_ cell: CellIdentity, _ number: Int, _ toRun: Int) {
    guard settings.progress == .auto, printer.terminal.errorIsTerminal else { return }
    let name = name
    let since = ContinuousClock.now
    printer.setStatus {
      let elapsed = Format.duration(ContinuousClock.now - since)
      return "\(name): \(number)/\(toRun) \(elapsed): \(cell.firstLine)"
    }
  }

  // MARK: The end

  func fail(
    _ message: String, _ code: ExitCode, _ document: NotebookDocument?, isRecorded: Bool
  ) -> ExitCode {
    printer.setStatus(nil)
    let cells = cells(of: document)
    let failure = RunFailure(message: message, code: Int(code.rawValue), cells: cells)
    settings.events?.write(RunEvent(.runFailed(failure), of: subject))
    settings.junit?.addFailure(notebook: name, message: message, cells: cells)
    end(TestOutcome(name, .error, reason: message), cells)
    return code
  }

  func stopped(_ signal: Int32, _ document: NotebookDocument?, hasBegun: Bool) -> ExitCode {
    printer.setStatus(nil)
    notRun("stopped by \(ExitStatus.name(of: signal))", document)
    return ExitCode(signal: signal)
  }

  /// Reports a notebook that was not started because an earlier one failed.
  func notStarted() { notRun(nil, nil) }

  private func notRun(_ reason: String?, _ document: NotebookDocument?) {
    settings.junit?.addNotRun(notebook: name, message: reason ?? "an earlier notebook failed")
    end(TestOutcome(name, .notRun, reason: reason), cells(of: document))
  }

  /// The cells of a notebook that did not run, without those that were added for the test.
  private func cells(of document: NotebookDocument?) -> [CellResult] {
    let planned = state.withLock { $0.planned }
    guard planned.isEmpty else { return planned }
    return RunResult(
      notRun: document, configuration: RunConfiguration(), outcome: .stopped(signal: 0)
    ).cells
  }

  /// Reports the outcome, once.
  private func end(_ outcome: TestOutcome, _ cells: [CellResult]) {
    var outcome = outcome
    outcome.results = cells
    settings.events?.write(RunEvent(.testFinished(outcome.result), of: subject))
    tell(outcome)
  }

  func result(of document: NotebookDocument, _ result: RunResult) -> NotebookDocument? {
    state.withLock { state in
      guard let stored = state.stored, let cells = state.cells else { return nil }
      if settings.stored == .all {
        return stored.taking(document, result, places: cells.places)
      }
      guard let comparison = settings.comparison else { return nil }
      let places = cells.places.enumerated().filter { _, place in
        let cell = result.cells[place]
        return cell.status == .succeeded || cell.status == .failed && cell.errorIsAllowed
      }.map { (stored: $0.offset, new: $0.element) }
      state.differences = comparison.differences(stored: stored, new: document, places: places)
      guard settings.stored == .differing else { return nil }
      var updated = stored
      for (place, new) in places {
        let isUnrun = DocumentComparison.isUnrun(
          stored.cell(at: place), stored.outputs(at: place).isEmpty)
        guard isUnrun || state.differences[place] != nil else { continue }
        updated.take(document, at: new, for: place)
        state.updated.append(place)
      }
      state.differences = [:]
      guard !state.updated.isEmpty else { return nil }
      updated.takeWidgets(of: document)
      return updated
    }
  }

  func finished(_ result: RunResult, _ saved: ExitCode) -> ExitCode {
    printer.setStatus(nil)
    let (cells, differences, updated) = state.withLock {
      ($0.cells, $0.differences, $0.updated)
    }
    let verdict = TestVerdict(result, cells, differences)
    var outcome = verdict.outcome(name)
    settings.junit?.add(
      notebook: name, verdict.reported,
      differences: outcome.status == .skipped
        ? [:] : differences.mapValues { $0.map(\.text).joined(separator: "\n") })
    outcome.updated = saved == .success ? updated.map { $0 + 1 } : []
    if outcome.status == .passed, !outcome.updated.isEmpty { outcome.status = .updated }
    if saved != .success {
      outcome.status = .error
      outcome.reason = "the new outputs could not be written"
    }
    end(outcome, verdict.reported.cells)
    return max(saved, outcome.status == .skipped ? .success : verdict.code)
  }
}

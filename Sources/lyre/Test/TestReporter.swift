import JSONCore
import JupyterProtocol
import NotebookComparison
import NotebookDocument
import NotebookExecution
import NotebookParameters
import Processes
import Reports
import RunEvents
import Synchronization

/// Judges one notebook's run as a test.
final class TestReporter: NotebookReporter {
  private struct State {
    /// The notebook in the file.
    var stored: NotebookDocument?
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
    configuration.storesWidgets = settings.updates
    takeMetadata(of: stored, into: &configuration)
    let planned = RunResult(notRun: document, configuration: configuration, outcome: .completed)
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
    tell(TestOutcome(name, .skipped, reason: reason))
    return .success
  }

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
    let result = RunResult(
      notRun: document, configuration: RunConfiguration(), outcome: .stopped(signal: 0))
    let failure = RunFailure(message: message, code: Int(code.rawValue), cells: result.cells)
    settings.events?.write(RunEvent(.runFailed(failure), of: subject))
    settings.junit?.addFailure(notebook: name, message: message, cells: result.cells)
    tell(TestOutcome(name, .error, reason: message))
    return code
  }

  func stopped(_ signal: Int32, _ document: NotebookDocument?, hasBegun: Bool) -> ExitCode {
    printer.setStatus(nil)
    let reason = "stopped by \(ExitStatus.name(of: signal))"
    settings.junit?.addNotRun(notebook: name, message: reason)
    tell(TestOutcome(name, .notRun, reason: reason))
    return ExitCode(signal: signal)
  }

  func result(of document: NotebookDocument, _ result: RunResult) -> NotebookDocument? {
    state.withLock { state in
      guard let comparison = settings.comparison, let stored = state.stored,
        let cells = state.cells
      else { return nil }
      let places = cells.places.enumerated().filter { _, place in
        let cell = result.cells[place]
        return cell.status == .succeeded || cell.status == .failed && cell.errorIsAllowed
      }.map { (stored: $0.offset, new: $0.element) }
      state.differences = comparison.differences(stored: stored, new: document, places: places)
      guard settings.updates else { return nil }
      var updated = stored
      for (place, new) in places {
        let isUnrun = DocumentComparison.isUnrun(
          stored.cell(at: place), stored.outputs(at: place).isEmpty)
        guard isUnrun || state.differences[place] != nil else { continue }
        updated.takeOutputs(of: document, at: new, for: place)
        updated.setExecutionCount(document.cell(at: new).executionCount, at: place)
        state.updated.append(place)
      }
      state.differences = [:]
      guard !state.updated.isEmpty else { return nil }
      if let widgets = document.metadata("widgets"), widgets != stored.metadata("widgets") {
        updated.setMetadata(["widgets"], to: widgets)
      }
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
    tell(outcome)
    return max(saved, outcome.status == .skipped ? .success : verdict.code)
  }
}

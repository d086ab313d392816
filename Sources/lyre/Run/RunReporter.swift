import JSONCore
import JupyterProtocol
import KernelClient
import NotebookDocument
import NotebookExecution
import PipelineExecution
import Processes
import Reports
import RunEvents
import RunRecord
import Synchronization
import SystemSupport

/// Reports one notebook's run on the terminal, and passes its events to the log and the report.
final class RunReporter: NotebookReporter {
  private struct State {
    var running: (cell: CellIdentity, number: Int, toRun: Int, since: ContinuousClock.Instant)?
    var partialLines: [String: OutputLines] = [:]
    var cells: [CellResult] = []
    var ran: Set<Int> = []
    /// Events that the record gets once it is known that the notebook runs.
    var held: [RunEvent] = []
    var isUndecided = false
  }

  let name: String
  /// The subject of its events.
  let subject: RunSubject
  private let plan: RunPlan
  private let streamsGoToError: Bool
  private let isPrefixed: Bool
  private let events: EventLog?
  /// The log in the record of runs; nil if runs are not recorded.
  private let log: RunLogWriter?
  private let junit: JUnitReport?
  /// The page to write at the end; nil if there is none.
  private let page: NotebookPageFile?
  private let printer = Printer.shared
  private let state = Mutex(State())

  init(
    _ plan: RunPlan, _ argument: String, _ destination: RunPlan.Destination, isPrefixed: Bool,
    junit: JUnitReport?, page: OutputFile?
  ) {
    self.plan = plan
    name = plan.name(of: argument)
    let id = Session.makeID()
    subject = RunSubject(run: .name(id), notebook: name)
    log = plan.log(of: argument, destination, id: id)
    // If standard output is used for a notebook or events, the output of cells goes to standard
    // error.
    streamsGoToError = plan.standardOutputIsTaken
    self.isPrefixed = isPrefixed
    events = plan.events
    self.junit = junit
    self.page = page.map {
      NotebookPageFile(
        file: $0, name: plan.name(of: argument),
        folder: plan.remote.isCopy(argument) ? nil : NotebookPageFile.folder(of: argument))
    }
    state.withLock { $0.isUndecided = plan.reuse?.isAsked ?? false }
  }

  private var showsLine: Bool {
    plan.progress == .auto && printer.terminal.errorIsTerminal && !isPrefixed
  }

  private var showsPlain: Bool {
    plan.progress == .plain || (plan.progress == .auto && !showsLine)
  }

  // MARK: Lyre's own lines

  func fail(
    _ message: String, _ code: ExitCode, _ document: NotebookDocument?, isRecorded: Bool
  ) -> ExitCode {
    let message = plan.remote.spoken(message)
    // Not any part of a word: the name may be a letter.
    let mentionsName = message.contains("'\(name)'") || message.contains("notebook \(name)")
    log(
      "\("error:", .red) \(mentionsName ? "" : "\(name): ")\(lines: message)")
    let result = RunResult(
      notRun: document, configuration: plan.runConfiguration, outcome: .stopped(signal: 0))
    let failure = RunFailure(message: message, code: Int(code.rawValue), cells: result.cells)
    let event = RunEvent(.runFailed(failure), of: subject)
    events?.write(event)
    if isRecorded { decide() }
    if let log, isRecorded || log.hasBegun { log.write(event) }
    junit?.addFailure(notebook: name, message: message, cells: result.cells)
    return ExitCode.worst([code, page?.write(document, failure: message, result) ?? code])
  }

  func warn(_ warning: RunWarning) {
    var warning = warning
    warning.message = plan.remote.spoken(warning.message)
    write(.warning(warning))
    show(warning)
  }

  private func show(_ warning: RunWarning) {
    log("\("warning:", .yellow) \(name): \(warning.text)")
  }

  /// Passes the cells that did not run to the reports.
  func stopped(_ signal: Int32, _ document: NotebookDocument?, hasBegun: Bool) -> ExitCode {
    let signalName = ExitStatus.name(of: signal)
    log(
      hasBegun
        ? "\(name): stopped by \(signalName) before the first cell"
        : "\(name): not started; the run was stopped by \(signalName)")
    let outcome = RunOutcome.stopped(signal: signal)
    let result = RunResult(
      notRun: document, configuration: plan.runConfiguration, outcome: outcome)
    decide()
    write(.runFinished(result))
    if document == nil {
      junit?.addNotRun(notebook: name, message: "stopped by \(signalName)")
    } else {
      junit?.add(notebook: name, result)
    }
    let message =
      hasBegun
      ? "stopped by \(signalName) before the first cell"
      : "not started; the run was stopped by \(signalName)"
    _ = page?.write(document, failure: message, result)
    return ExitCode(signal: signal)
  }

  // MARK: The comparison with an earlier run

  /// Reports the progress of a comparison that takes long.
  func comparing(_ progress: FileComparison) {
    guard plan.progress != .none else { return }
    log("\(name): comparing files: \(progress.text)")
  }

  /// Reports that the notebook runs, and why.
  func starts(because reason: String) {
    decide()
    if plan.progress != .none { log("\(name): started (\(reason))") }
  }

  /// Reports that the notebook does not run, because nothing changed since an earlier run.
  ///
  /// The record has no entry for it: it would hide the run that counts.
  ///
  /// - Parameters:
  ///   - run: that run.
  ///   - document: the notebook.
  ///   - stored: its result, for the page; nil if it was not written.
  func unchanged(since run: GoodRun, _ document: NotebookDocument, _ stored: NotebookDocument?)
    -> ExitCode
  {
    if plan.progress != .none { log("\(name): unchanged, as in run \(run.run)") }
    var result = RunResult(
      notRun: document, configuration: plan.runConfiguration, outcome: .cached(run: run.run))
    for place in result.cells.indices { result.cells[place].status = .skipped }
    events?.write(RunEvent(.runFinished(result), of: subject))
    junit?.add(notebook: name, result)
    return writePage(stored ?? document, nil)
  }

  func log(_ line: VisibleText) { printer.log(line) }

  /// Finishes the run's log in the record; no events may follow.
  ///
  /// It blocks until the last events are written.
  func close() { log?.close() }

  private func write(_ event: RunEvent) {
    events?.write(event)
    let isHeld = state.withLock { state in
      if state.isUndecided { state.held.append(event) }
      return state.isUndecided
    }
    if !isHeld { log?.write(event) }
  }

  /// Passes the events so far to the record, because the notebook runs.
  private func decide() {
    let held = state.withLock { state in
      defer { (state.held, state.isUndecided) = ([], false) }
      return state.held
    }
    for event in held { log?.write(event) }
  }

  private func write(_ kind: RunEvent.Kind) {
    write(RunEvent(kind, of: subject))
  }

  // MARK: Events

  /// Processes an event of the run.
  func report(_ event: RunEvent) {
    write(event)
    switch event.kind {
    case .kernelStarting(let kernel):
      if showsLine {
        let name = name
        printer.setStatus { "\(name): starting kernel \(kernel)" }
      }
    case .kernelReady(let kernel):
      if plan.isVerbose {
        log("\(name): \(kernel.line)")
      }
    case .runStarted(let cells, _, _): state.withLock { $0.cells = cells }
    case .cellStarted(let cell, let number, let toRun): started(cell, number, toRun)
    case .text(let cell, let stream, let text): show(text, stream, cell)
    case .cellFinished(let cell): finished(cell)
    case .warning(let warning): show(warning)
    case .kernelSignaled(let signal, let reason):
      log(
        "\(name): \(reason); sending the kernel \(signal == "interrupt" ? "an interrupt" : signal)")
    case .outputOutsideCells(let output):
      if plan.isVerbose, let text = output["text"]?.string {
        printer.passThrough(text, toError: true)
      }
    case .saved:
      if plan.isVerbose { log("\(name): saved") }
    default: break
    }
  }

  private func started(_ cell: CellIdentity, _ number: Int, _ toRun: Int) {
    let since = ContinuousClock.now
    state.withLock { $0.running = (cell, number, toRun, since) }
    guard showsLine else { return }
    let name = name
    printer.setStatus {
      let elapsed = Format.duration(ContinuousClock.now - since)
      let left = toRun - number
      return "\(name): \(number)/\(toRun) \(elapsed), \(left) left: \(cell.firstLine)"
    }
  }

  private func show(_ text: String, _ stream: String, _ cell: Int) {
    state.withLock { state in
      if let running = state.running?.cell.index, running == cell { state.ran.insert(cell) }
    }
    let toError = stream == "stderr" || streamsGoToError
    guard isPrefixed else { return printer.passThrough(text, toError: toError) }
    // Several notebooks at once: complete lines, each after the name of the notebook.
    let lines = state.withLock {
      $0.partialLines[stream, default: OutputLines()].take(Array(text.utf8))
    }
    for line in lines { print(line, toError) }
  }

  private func print(_ line: String, _ toError: Bool) {
    printer.passThrough("\(Terminal.visible(name)) | \(line)\n", toError: toError)
  }

  private func flushLines() {
    let rest = state.withLock { state in
      defer { state.partialLines = [:] }
      return state.partialLines
    }
    for (stream, var lines) in rest {
      if let text = lines.finish() { print(text, stream == "stderr" || streamsGoToError) }
    }
  }

  private func finished(_ cell: CellResult) {
    if isPrefixed { flushLines() }
    let running = state.withLock { state in
      state.cells[cell.index] = cell
      return state.running
    }
    guard showsPlain, let running else { return }
    log("\(name): \(cell.line(number: running.number, of: running.toRun))")
  }

  // MARK: The end

  func writePage(_ document: NotebookDocument, _ result: RunResult?) -> ExitCode {
    page?.write(document, result) ?? .success
  }

  func finished(_ result: RunResult, _ saved: ExitCode) -> ExitCode {
    printer.setStatus(nil)
    junit?.add(notebook: name, result)
    explain(result)
    if !plan.isQuiet, plan.progress != .none { summarize(result) }
    return saved == .success ? ExitCode(result.outcome) : saved
  }
}

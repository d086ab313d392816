import Glibc
import JSONCore
import JupyterProtocol
public import KernelClient
import KernelLauncher
public import NotebookDocument
public import RunEvents
import SystemSupport

/// Runs the cells of a notebook in a kernel and puts their outputs into the document.
///
/// Cells run one at a time: the next one is sent when the reply and the idle status of the last
/// have arrived. A failed cell is part of the result, not an error.
public struct NotebookRunner {
  /// The document; it has the outputs so far when a run ends or is saved.
  public internal(set) var document: NotebookDocument

  let configuration: RunConfiguration
  let control: RunControl
  let save: SaveHandler
  let report: ((RunEvent) -> Void)?

  /// The limits for the kernel, by its known behaviour.
  var limits = ExecutionMachine.Limits()
  var collector: OutputCollector
  var spools: [Int: OutputSpool] = [:]
  var papermill: PapermillRecord?
  var results: [CellResult]
  /// The cells whose outputs in the document are outdated.
  var changedPlaces: Set<Int> = []
  /// The cells that have changed since the last save.
  var unsavedPlaces: Set<Int> = []
  var lastSave = ContinuousClock.now
  var outcome: RunOutcome?
  private var warnings = WarningBound()
  /// Why the last shell message during this cell was dropped; nil if none was.
  var rejectedReply: WireError?

  /// The first cell that timed out while the run continued, unless that is allowed.
  var firstTimedOutCell: Int?
  /// The first cell that failed while the run continued, unless that is allowed.
  var firstFailedCell: Int?

  /// Saves a document during the run; `changed` has the places of the cells that changed since the
  /// last call.
  public typealias SaveHandler = (_ document: NotebookDocument, _ changed: Set<Int>) -> Void

  /// Creates a runner.
  ///
  /// - Parameters:
  ///   - document: the notebook.
  ///   - configuration: how to run it.
  ///   - control: stops the run.
  ///   - save: called with the document during the run, at most ``RunConfiguration/saveInterval``
  ///     after an output arrived. The caller saves the final document. `NotebookSaver` does what is
  ///     needed.
  ///   - report: called with every event, in order.
  public init(
    _ document: NotebookDocument, configuration: RunConfiguration = .init(),
    control: RunControl = .init(), save: @escaping SaveHandler = { _, _ in },
    report: ((RunEvent) -> Void)? = nil
  ) {
    self.document = document
    self.configuration = configuration
    self.control = control
    self.save = save
    self.report = report
    collector = OutputCollector(
      limit: configuration.outputLimit?.bytes, packedLike: document.makeOutputs())
    papermill = configuration.papermill.map { PapermillRecord($0) }
    results = document.cells.map { CellResult($0, configuration) }
  }

  /// Runs the cells.
  ///
  /// - Parameter kernel: a kernel that is ready.
  /// - Returns: the result of each cell, and how the run ended.
  public mutating func run(in kernel: Kernel) async -> RunResult {
    // Between the end of a cell and the next request no other thread has to wake up.
    await withTaskExecutorPreference(kernel.executor) { await runCells(in: kernel) }
  }

  private mutating func runCells(in kernel: Kernel) async -> RunResult {
    let events = kernel.events()
    control.onStop { events.wake() }
    defer { control.onStop(nil) }
    if configuration.input != nil { await kernel.waitForInputChannel(limit: .seconds(2)) }
    limits = NotebookRunner.limits(of: kernel)
    limits.silence = configuration.outputPatience
    let start = ContinuousClock.now
    if let info = kernel.info.languageInfo {
      document.setMetadata(["language_info"], to: .object(info))
    }
    papermill?.begin(&document)
    if papermill != nil { unsavedPlaces.formUnion(results.indices) }
    for place in results.indices where results[place].status == .pending {
      _ = CellLimit(document.cell(at: place)) { warn(.limit, $0, cell: place) }
    }
    let toRun = results.indices.filter { results[$0].status == .pending }
    emit(.runStarted(cells: results, toRun: toRun.count, reason: configuration.reason))
    for (number, place) in toRun.enumerated() {
      if let signal = stopSignal { outcome = .stopped(signal: signal) }
      if let total = configuration.totalTimeout, ContinuousClock.now - start >= total {
        outcome = outcome ?? .totalTimeExceeded(cell: place)
      }
      if outcome != nil { break }
      if number == 0 { clearOldResults(toRun) }
      await runCell(place, number + 1, of: toRun.count, kernel, events, start)
    }
    // Messages that a thread of the last cell sent after its end, if they have already arrived.
    for event in await events.next(until: .now) ?? [] {
      if case .iopub(let message) = event { apply(collector.receive(message), kernel) }
    }
    for place in results.indices where results[place].status == .pending {
      results[place].status = .notRun
      emit(.cellNotRun(results[place].identity, wasCleared: results[place].hadOldResults))
    }
    updateDocument()
    if configuration.storesWidgets, let widgets = collector.widgets.metadata {
      document.setMetadata(["widgets"], to: widgets)
    }
    var tail = ""
    if case .kernelDied = outcome { tail = kernel.standardErrorTail }
    if outcome == nil || outcome == .completed {
      // A cell that ends the notebook, as `exit()` does, does not undo earlier failures.
      outcome =
        firstTimedOutCell.map { .timedOut(cell: $0) } ?? firstFailedCell.map { .failed(cell: $0) }
        ?? .completed
    }
    let result = RunResult(
      outcome: outcome ?? .completed, cells: results,
      duration: ContinuousClock.now - start,
      resources: usage(kernel).map { ResourceUse($0, since: nil) }, standardErrorTail: tail)
    papermill?.end(&document, result)
    spools = [:]
    for (kind, text) in warnings.rest { emit(.warning(RunWarning(text, kind: kind))) }
    emit(.runFinished(result))
    return result
  }

  /// Removes the results of earlier runs from the cells of this one.
  ///
  /// All at the beginning, as Jupyter does: however the run ends, every saved state contains only
  /// outputs of this run. A run that does not reach its first cell does not change the file.
  private mutating func clearOldResults(_ places: [Int]) {
    guard !configuration.keepsOldOutputs else { return }
    for place in places where document.clearResults(at: place) {
      results[place].hadOldResults = true
      unsavedPlaces.insert(place)
    }
  }

  /// The signal that stops the run; cancelling its task counts as SIGTERM.
  var stopSignal: Int32? { control.stopSignal ?? (Task.isCancelled ? SIGTERM : nil) }

  // MARK: Saving

  var nextSave: ContinuousClock.Instant? {
    guard let interval = configuration.saveInterval, !changedPlaces.isEmpty else { return nil }
    return lastSave + interval
  }

  mutating func saveIfDue() {
    guard let nextSave, ContinuousClock.now >= nextSave else { return }
    let begin = ContinuousClock.now
    updateDocument()
    save(document, unsavedPlaces)
    unsavedPlaces = []
    lastSave = ContinuousClock.now
    emit(.saved(in: lastSave - begin))
  }

  mutating func updateDocument() {
    for place in changedPlaces {
      document.setOutputs(collector.currentOutputs(at: place), at: place)
    }
    unsavedPlaces.formUnion(changedPlaces)
    changedPlaces = []
  }

  /// Warns, unless there were too many warnings of that kind.
  mutating func warn(_ kind: WarningKind, _ text: String, cell: Int?) {
    if warnings.take(kind, text) { emit(.warning(RunWarning(text, kind: kind, cell: cell))) }
  }

  /// Reports an event if the run has a reporter.
  func emit(_ kind: @autoclosure () -> RunEvent.Kind) {
    guard let report else { return }
    report(RunEvent(kind(), of: configuration.subject))
  }
}

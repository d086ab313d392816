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
/// One cell at a time: the next one is sent when the reply and the idle of the last have come. A
/// cell that fails is part of the result, not an error.
public struct NotebookRunner {
  /// The document, with the outputs that have come so far when a run is over or saved.
  public internal(set) var document: NotebookDocument

  let configuration: RunConfiguration
  let control: RunControl
  let save: SaveHandler
  let report: ((RunEvent) -> Void)?

  /// What the kernel is allowed, by what it is known for.
  var limits = ExecutionMachine.Limits()
  var collector: OutputCollector
  var spools: [Int: OutputSpool] = [:]
  var papermill: PapermillRecord?
  var results: [CellResult]
  /// The cells whose outputs in the document are not those that have come.
  var changedPlaces: Set<Int> = []
  /// The cells that have changed since the last save.
  var unsavedPlaces: Set<Int> = []
  var lastSave = ContinuousClock.now
  var outcome: RunOutcome?
  private var warnings = WarningBound()
  /// Why the last message on shell was dropped while this cell ran; nil when none was.
  var rejectedReply: WireError?

  /// The first cell whose time ran out while the run went on, unless that is allowed.
  var lateCell: Int?

  /// Saves a document while its outputs come; the places are those of the cells that have changed
  /// since the last call.
  public typealias SaveHandler = (_ document: NotebookDocument, _ changed: Set<Int>) -> Void

  /// A run that has not begun.
  ///
  /// - Parameters:
  ///   - document: the notebook.
  ///   - configuration: how it is run.
  ///   - control: the means to stop it.
  ///   - save: called with the document while outputs come, not later than
  ///     ``RunConfiguration/saveInterval`` after one has come; the end of the run is left to the
  ///     caller. `NotebookSaver` does what is needed.
  ///   - report: called with everything that happens, in order.
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
  /// - Returns: what became of each cell, and how the run ended.
  public mutating func run(in kernel: Kernel) async -> RunResult {
    // Between the end of a cell and the request of the next, no other thread has to wake up.
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
    emit(.runStarted(cells: results, toRun: toRun.count))
    for (number, place) in toRun.enumerated() {
      if let signal = stopSignal { outcome = .stopped(signal: signal) }
      if let total = configuration.totalTimeout, ContinuousClock.now - start >= total {
        outcome = outcome ?? .totalTimeExceeded(cell: place)
      }
      if outcome != nil { break }
      if number == 0 { clearOldResults(toRun) }
      await runCell(place, number + 1, of: toRun.count, kernel, events, start)
    }
    // What a thread of the last cell sent after its end, as far as it is here already.
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
    let result = RunResult(
      outcome: outcome ?? lateCell.map { .timedOut(cell: $0) } ?? .completed, cells: results,
      duration: ContinuousClock.now - start,
      resources: usage(kernel).map { ResourceUse($0, since: nil) }, standardErrorTail: tail)
    papermill?.end(&document, result)
    spools = [:]
    for (kind, text) in warnings.rest { emit(.warning(RunWarning(text, kind: kind))) }
    emit(.runFinished(result))
    return result
  }

  /// Removes what earlier runs have put into the cells of this one.
  ///
  /// All at the beginning, as Jupyter does: whatever ends the run, each state of the file holds its
  /// outputs and no others. A run that does not come to its first cell leaves the file as it was.
  private mutating func clearOldResults(_ places: [Int]) {
    guard !configuration.keepsOldOutputs else { return }
    for place in places where document.clearResults(at: place) {
      results[place].hadOldResults = true
      unsavedPlaces.insert(place)
    }
  }

  /// The signal that the run is to end by; cancelling its task counts as SIGTERM.
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

  /// Tells what happened, where somebody listens.
  func emit(_ kind: @autoclosure () -> RunEvent.Kind) {
    guard let report else { return }
    report(RunEvent(kind(), of: configuration.subject, time: wallClockNanoseconds()))
  }
}

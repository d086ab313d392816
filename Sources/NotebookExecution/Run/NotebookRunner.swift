import Glibc
import JSONCore
import JupyterProtocol
public import KernelClient
import KernelLauncher
public import NotebookDocument

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
  let report: (RunEvent) -> Void

  var collector = OutputCollector()
  var results: [CellResult]
  /// The cells whose outputs in the document are not those that have come.
  var changedPlaces: Set<Int> = []
  /// The cells that have changed since the last save.
  var unsavedPlaces: Set<Int> = []
  var lastSave = ContinuousClock.now
  var outcome: RunOutcome?

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
    report: @escaping (RunEvent) -> Void = { _ in }
  ) {
    self.document = document
    self.configuration = configuration
    self.control = control
    self.save = save
    self.report = report
    results = document.cells.map { CellResult($0, configuration) }
  }

  /// Runs the cells.
  ///
  /// - Parameter kernel: a kernel that is ready.
  /// - Returns: what became of each cell, and how the run ended.
  public mutating func run(in kernel: Kernel) async -> RunResult {
    let events = kernel.events()
    control.onStop { events.wake() }
    defer { control.onStop(nil) }
    let start = ContinuousClock.now
    if let info = kernel.info.languageInfo {
      document.setMetadata(["language_info"], to: .object(info))
    }
    let toRun = results.indices.filter { results[$0].status == .pending }
    emit(.runStarted(cells: results, toRun: toRun.count))
    for (number, place) in toRun.enumerated() {
      if let signal = stopSignal { outcome = .stopped(signal: signal) }
      if let total = configuration.totalTimeout, ContinuousClock.now - start >= total {
        outcome = outcome ?? .totalTimeExceeded(cell: place)
      }
      if outcome != nil { break }
      await runCell(place, number + 1, of: toRun.count, kernel, events, start)
    }
    // What a thread of the last cell sent after its end, as far as it is here already.
    for event in await events.next(until: .now) ?? [] {
      if case .iopub(let message) = event { apply(collector.receive(message), kernel) }
    }
    for place in results.indices where results[place].status == .pending {
      results[place].status = .notRun
    }
    updateDocument()
    if configuration.storesWidgets, let widgets = collector.widgets.metadata {
      document.setMetadata(["widgets"], to: widgets)
    }
    var tail = ""
    if case .kernelDied = outcome { tail = kernel.standardErrorTail }
    let result = RunResult(
      outcome: outcome ?? .completed, cells: results, duration: ContinuousClock.now - start,
      standardErrorTail: tail)
    emit(.runFinished(result))
    return result
  }

  /// The signal that the run is to end by; cancelling its task counts as SIGTERM.
  private var stopSignal: Int32? { control.stopSignal ?? (Task.isCancelled ? SIGTERM : nil) }

  // MARK: One cell

  private mutating func runCell(
    _ place: Int, _ number: Int, of toRun: Int, _ kernel: Kernel, _ events: KernelEvents,
    _ start: ContinuousClock.Instant
  ) async {
    let cell = document.cell(at: place)
    results[place].status = .running
    results[place].executionCount = nil
    let request = ExecuteRequest(
      code: cell.source, allowsStdin: configuration.input != nil,
      stopsOnError: !isErrorAllowed(cell, nil))
    var metadata: JSONObject = [:]
    if let id = cell.id { metadata["cellId"] = .init(id) }
    let begin = ContinuousClock.now
    let message = kernel.send(.executeRequest, request.json, metadata: metadata)
    collector.begin(place: place, messageID: message)
    changedPlaces.insert(place)
    document.setExecutionCount(nil, at: place)
    if configuration.recordsTiming { document.setCellMetadata(["execution"], to: [:], at: place) }
    emit(.cellStarted(results[place], number: number, toRun: toRun))

    var run = CellRun(
      ExecutionMachine(messageID: message, limits: limits(kernel)),
      cellDeadline: timeout(of: cell),
      totalDeadline: configuration.totalTimeout.map { $0 - (begin - start) },
      patience: configuration.interruptPatience)
    var death: ExitStatus?
    var end: ExecutionMachine.Outcome?
    while end == nil, death == nil {
      if let signal = stopSignal { run.stop(signal: signal) }
      switch run.action(at: ContinuousClock.now - begin) {
      case .done(let outcome): end = outcome
      case .interrupt:
        emit(.kernelSignaled(name: "interrupt", reason: reason(run.cause)))
        kernel.interrupt()
      case .terminate:
        emit(.kernelSignaled(name: "SIGTERM", reason: "it did not obey the interrupt"))
        kernel.signal(SIGTERM)
        if kernel.processID == nil { death = .exited(0) }
      case .kill:
        emit(.kernelSignaled(name: "SIGKILL", reason: "it did not obey SIGTERM"))
        kernel.signal(SIGKILL)
      case .wait(let until):
        let wait = [until.map { begin + $0 }, nextSave].compactMap(\.self).min()
        guard let batch = await events.next(until: wait) else {
          if Task.isCancelled, kernel.exitStatus == nil {
            // A cancelled task waits for nothing: the kernel is told, and what came is kept.
            run.stop(signal: SIGTERM)
            kernel.interrupt()
            end = .noReply
            break
          }
          death = kernel.exitStatus ?? .exited(0)
          break
        }
        for event in batch {
          if case .exited(let status) = event { death = status }
          await receive(event, &run, place, kernel, ContinuousClock.now - begin)
        }
        saveIfDue()
      }
    }
    finish(place, run, end, death, kernel, ContinuousClock.now - begin)
  }

  private mutating func receive(
    _ event: KernelEvent, _ run: inout CellRun, _ place: Int, _ kernel: Kernel, _ now: Duration
  ) async {
    switch event {
    case .iopub(let message):
      if message.parentHeader?.messageID == run.machine.messageID,
        let count = message.content["execution_count"]?.int
      {
        setCount(count, at: place)
      }
      apply(collector.receive(message), kernel)
      run.receive(iopub: message, at: now)
    case .reply(let message, _): run.receive(reply: message, at: now)
    case .inputRequest(let message): await answer(message, place, kernel)
    case .rejected(let error, let channel):
      emit(.warning("dropped \(error) on \(channel.rawValue)", cell: place))
    case .exited: break
    }
  }

  private mutating func apply(_ effects: [OutputCollector.Effect], _ kernel: Kernel) {
    for effect in effects {
      switch effect {
      case .text(let place, let stream, let text):
        changedPlaces.insert(place)
        emit(.text(cell: place, stream: stream, text: text))
      case .output(let place, let output):
        changedPlaces.insert(place)
        emit(.output(cell: place, output))
      case .changed(let place):
        changedPlaces.insert(place)
        emit(.outputsChanged(cell: place))
      case .closeComm(let id): kernel.closeComm(id)
      case .sendComm(let id, let data): kernel.sendComm(id, data: data)
      case .warning(let text): emit(.warning(text, cell: nil))
      case .outsideCells(let output): emit(.outputOutsideCells(output))
      }
    }
  }

  private func answer(_ message: Message, _ place: Int, _ kernel: Kernel) async {
    let request = InputRequest(message.content)
    emit(.inputRequested(cell: place, request))
    guard let input = configuration.input else {
      emit(
        .warning(
          "the kernel asks for input although there is none; it got an empty line", cell: place))
      return kernel.answerInput("", to: message)
    }
    // Ctrl-D: what ipykernel takes for the end of the input.
    kernel.answerInput(await input(request) ?? "\u{4}", to: message)
  }

  // MARK: Its end

  private mutating func finish(
    _ place: Int, _ run: CellRun, _ end: ExecutionMachine.Outcome?, _ death: ExitStatus?,
    _ kernel: Kernel, _ duration: Duration
  ) {
    var result = results[place]
    result.duration = duration
    if run.machine.missedIdle {
      emit(.warning("the kernel did not say that it is idle; output may be missing", cell: place))
    }
    if case .noReply? = end, run.cause == nil {
      emit(.warning("the kernel became idle without a reply", cell: place))
    }
    let reply = run.machine.reply
    if let count = reply?.executionCount { setCount(count, at: place) }
    result.executionCount = results[place].executionCount
    if reply?.status == .error, !collector.hasError(at: place) {
      // Line magics and some kernels tell an error only in the reply.
      let error = reply?.error ?? ErrorContent(name: "", value: "", traceback: [])
      apply(collector.add(error: error, at: place), kernel)
    }
    apply(collector.end(), kernel)
    recordTimes(run.machine.times, at: place)
    changedPlaces.insert(place)

    let cell = document.cell(at: place)
    if let cause = run.cause {
      (result.status, outcome) = ended(
        by: cause, place, isKernelGone: death != nil || run.wasTerminated)
      if reply?.status == .error { result.error = reply?.error }
      // Some kernels reply ok to an interrupt: only a cell that was not interrupted ended well.
      if reply?.status == .ok, !run.wasInterrupted { result.status = .succeeded }
    } else if let death {
      result.status = .killedWithKernel
      outcome = .kernelDied(death, cell: place)
      emit(.kernelDied(death))
    } else if reply?.status == .error || reply?.status == .aborted {
      result.error = reply?.error ?? ErrorContent(name: "aborted", value: "", traceback: [])
      result.status = .failed
      result.errorIsAllowed = isErrorAllowed(cell, result.error)
      if isCleanExit(result.error) {
        result.status = .succeeded
        outcome = .completed
      } else if !result.errorIsAllowed {
        outcome = .failed(cell: place)
      }
    } else if reply == nil, let error = collector.error(at: place) {
      // No reply, but the error was shown.
      result.error = error
      result.status = .failed
      result.errorIsAllowed = isErrorAllowed(cell, error)
      if !result.errorIsAllowed { outcome = .failed(cell: place) }
    } else {
      result.status = .succeeded
    }
    results[place] = result
    emit(.cellFinished(result))
  }

  private func ended(by cause: CellRun.Cause, _ place: Int, isKernelGone: Bool)
    -> (CellStatus, RunOutcome?)
  {
    switch cause {
    case .stop(let signal): return (.interrupted, .stopped(signal: signal))
    case .totalTimeout: return (.timedOut, .totalTimeExceeded(cell: place))
    case .cellTimeout:
      let goesOn = configuration.onTimeout == .continue && !isKernelGone
      if goesOn { return (.timedOut, outcome) }
      return (.timedOut, .timedOut(cell: place))
    }
  }

  private func reason(_ cause: CellRun.Cause?) -> String {
    switch cause {
    case .cellTimeout: "the cell's time ran out"
    case .totalTimeout: "the notebook's time ran out"
    case .stop(let signal): "the run was stopped by \(ExitStatus.name(of: signal))"
    case nil: ""
    }
  }

  /// `exit()` in a script ends it in success; so it is in a notebook, as with papermill.
  private func isCleanExit(_ error: ErrorContent?) -> Bool {
    error?.name == "SystemExit" && ["", "0", "None"].contains(error?.value)
  }

  private func isErrorAllowed(_ cell: NotebookCell, _ error: ErrorContent?) -> Bool {
    configuration.allowsErrors || cell.tags.contains("raises-exception")
      || error.map { configuration.allowedErrors.contains($0.name) } ?? false
  }

  private mutating func setCount(_ count: Int, at place: Int) {
    guard results[place].executionCount != count else { return }
    results[place].executionCount = count
    document.setExecutionCount(count, at: place)
  }

  private mutating func recordTimes(_ times: ExecutionMachine.Times, at place: Int) {
    guard configuration.recordsTiming else {
      return document.setCellMetadata(["execution"], to: nil, at: place)
    }
    var execution: JSONObject = [:]
    let entries = [
      ("iopub.execute_input", times.input), ("iopub.status.busy", times.busy),
      ("iopub.status.idle", times.idle), ("shell.execute_reply", times.reply),
      ("shell.execute_reply.started", times.started),
    ]
    for (name, date) in entries {
      if let date { execution[name] = .init(MessageDate.normalized(date) ?? date) }
    }
    document.setCellMetadata(["execution"], to: .object(execution), at: place)
  }

  // MARK: Limits

  private func timeout(of cell: NotebookCell) -> Duration? {
    if let own = cell.metadata["lyre"]?["timeout"]?.double {
      return own > 0 && own < 1e9 ? .seconds(own) : nil
    }
    return configuration.cellTimeout
  }

  /// deno sends most of its output after its idle: for it alone a moment of silence is waited for.
  private func limits(_ kernel: Kernel) -> ExecutionMachine.Limits {
    kernel.info.implementation.lowercased().contains("deno")
      ? ExecutionMachine.Limits(quiet: .milliseconds(100)) : ExecutionMachine.Limits()
  }

  // MARK: Saving

  private var nextSave: ContinuousClock.Instant? {
    guard let interval = configuration.saveInterval, !changedPlaces.isEmpty else { return nil }
    return lastSave + interval
  }

  private mutating func saveIfDue() {
    guard let nextSave, ContinuousClock.now >= nextSave else { return }
    let begin = ContinuousClock.now
    updateDocument()
    save(document, unsavedPlaces)
    unsavedPlaces = []
    lastSave = ContinuousClock.now
    emit(.saved(in: lastSave - begin))
  }

  private mutating func updateDocument() {
    for place in changedPlaces { document.setOutputs(collector.outputs(at: place), at: place) }
    unsavedPlaces.formUnion(changedPlaces)
    changedPlaces = []
  }

  private func emit(_ kind: RunEvent.Kind) {
    report(RunEvent(time: wallClockNanoseconds(), kind: kind))
  }
}

/// Now, in nanoseconds since 1970-01-01 00:00 UTC.
func wallClockNanoseconds() -> Int64 {
  var now = timespec()
  clock_gettime(CLOCK_REALTIME, &now)
  return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
}

extension CellResult {
  /// What is known of a cell before the run.
  init(_ cell: NotebookCell, _ configuration: RunConfiguration) {
    let lines = cell.source.split(whereSeparator: \.isNewline)
    let isCode = cell.kind == .code && lines.contains { !$0.allSatisfy(\.isWhitespace) }
    let isSelected = configuration.selection.map { $0(cell) } ?? true
    let tags = Set(cell.tags)
    let isTagged =
      tags.isDisjoint(with: configuration.skippedTags)
      && (configuration.onlyTags.isEmpty || !tags.isDisjoint(with: configuration.onlyTags))
    self.init(
      index: cell.index, id: cell.id, isCode: isCode,
      firstLine: lines.first { !$0.allSatisfy(\.isWhitespace) }.map { String($0.prefix(80)) } ?? "",
      status: isCode && isSelected && isTagged ? .pending : .skipped, executionCount: nil,
      duration: .zero, error: nil, errorIsAllowed: false)
  }
}

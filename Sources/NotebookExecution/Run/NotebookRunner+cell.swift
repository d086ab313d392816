import Glibc
import JSONCore
import JupyterProtocol
import KernelClient
import NotebookDocument
import Processes
import RunEvents

// MARK: One cell

extension NotebookRunner {
  mutating func runCell(
    _ place: Int, _ number: Int, of toRun: Int, _ kernel: Kernel, _ events: KernelEvents,
    _ start: ContinuousClock.Instant
  ) async {
    let cell = document.cell(at: place)
    results[place].status = .running
    results[place].executionCount = nil
    let request = ExecuteRequest(
      code: cell.source, allowsStdin: configuration.input != nil,
      // After an error that is allowed by its name, a kernel that is slow to start the next request
      // would drop it too.
      stopsOnError: configuration.allowedErrors.isEmpty && !configuration.continuesAfterFailures
        && !isErrorAllowed(cell, nil))
    var metadata: JSONObject = [:]
    if let id = cell.id { metadata["cellId"] = .init(id) }
    let begin = ContinuousClock.now
    let message = kernel.send(.executeRequest, request.json, metadata: metadata)
    collector.begin(place: place, messageID: message)
    changedPlaces.insert(place)
    document.setExecutionCount(nil, at: place)
    if configuration.recordsTiming { document.setCellMetadata(["execution"], to: [:], at: place) }
    emit(.cellStarted(results[place].identity, number: number, toRun: toRun))

    papermill?.cellBegan(place, &document)
    let usage = usage(kernel)
    let limit = timeout(of: cell)
    var run = CellRun(
      ExecutionMachine(messageID: message, limits: limits), cellDeadline: limit,
      totalDeadline: configuration.totalTimeout.map { $0 - (begin - start) },
      patience: configuration.interruptPatience)
    let death = await withTaskGroup(of: Void.self) { answers in
      defer { answers.cancelAll() }
      return await attend(&run, place, kernel, events, begin, &answers)
    }
    if let usage, let now = self.usage(kernel) {
      results[place].resources = ResourceUse(now, since: usage)
    }
    finish(place, run, death, limit, kernel, ContinuousClock.now - begin)
  }

  /// Processes the kernel's events until the cell is finished or the kernel has ended.
  private mutating func attend(
    _ run: inout CellRun, _ place: Int, _ kernel: Kernel, _ events: KernelEvents,
    _ begin: ContinuousClock.Instant, _ answers: inout TaskGroup<Void>
  ) async -> ExitStatus? {
    var death: ExitStatus?
    var isDone = false
    var look = KernelLook()
    rejectedReply = nil
    while !isDone, death == nil {
      if let signal = stopSignal { run.stop(signal: signal) }
      switch run.action(at: ContinuousClock.now - begin) {
      case .done: isDone = true
      case .probe: run.probed(kernel.probe())
      case .interrupt:
        emit(.kernelSignaled(name: "interrupt", reason: reason(run.cause)))
        kernel.interrupt()
      case .terminate:
        emit(.kernelSignaled(name: "SIGTERM", reason: "the kernel ignored the interrupt"))
        kernel.signal(SIGTERM)
        if kernel.processID == nil { death = .exited(0) }
      case .kill:
        emit(.kernelSignaled(name: "SIGKILL", reason: "the kernel ignored SIGTERM"))
        kernel.signal(SIGKILL)
      case .wait(let until):
        let wait = [until.map { begin + $0 }, nextSave].compactMap(\.self).min()
        guard let batch = await events.next(until: wait) else {
          if Task.isCancelled, kernel.exitStatus == nil {
            // A cancelled task cannot wait: tell the kernel, and keep the outputs so far.
            run.stop(signal: SIGTERM)
            kernel.interrupt()
            isDone = true
            break
          }
          death = kernel.exitStatus ?? .exited(0)
          break
        }
        if batch.isEmpty, let until, ContinuousClock.now >= begin + until {
          run.nothingCame(look.activity(of: kernel), at: ContinuousClock.now - begin)
        }
        for event in batch {
          if case .exited(let status) = event { death = status }
          receive(event, &run, place, kernel, ContinuousClock.now - begin, &answers)
        }
        saveIfDue()
      }
    }
    return death
  }

  func usage(_ kernel: Kernel) -> ProcessUsage? {
    guard configuration.measuresResources, let id = kernel.processID else { return nil }
    return ProcessUsage(processID: id)
  }

  mutating func receive(
    _ event: KernelEvent, _ run: inout CellRun, _ place: Int, _ kernel: Kernel, _ now: Duration,
    _ answers: inout TaskGroup<Void>
  ) {
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
    case .inputRequest(let message): answer(message, place, kernel, &answers)
    case .rejected(let error, let channel):
      if channel == .shell { rejectedReply = error }
      warn(.rejectedMessage, "dropped \(error) on \(channel.rawValue)", cell: place)
    case .exited: break
    }
  }

  mutating func apply(_ effects: [OutputCollector.Effect], _ kernel: Kernel) {
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
      case .sendComm(let id, let data): kernel.sendComm(id, data: data)
      case .warning(let kind, let text): warn(kind, text, cell: nil)
      case .spool(let place, let outputs, let isNew):
        changedPlaces.insert(place)
        spool(outputs, isNew, at: place)
      case .outsideCells(let output): emit(.outputOutsideCells(output))
      }
    }
  }

  /// Answers a kernel's request for input without delaying its other messages, so that a limit or a
  /// signal can end a cell that waits for the user.
  private mutating func answer(
    _ message: Message, _ place: Int, _ kernel: Kernel, _ answers: inout TaskGroup<Void>
  ) {
    let request = InputRequest(message.content)
    emit(
      .inputRequested(cell: place, prompt: request.prompt, isPassword: request.isPassword))
    guard let input = configuration.input else {
      warn(
        .missingInput,
        "the cell asked for input, but none is available; Lyre sent an empty line (see --stdin)",
        cell: place)
      return kernel.answerInput("", to: message)
    }
    // On another thread than the runner's, because it may wait for the user.
    answers.addTask(executorPreference: globalConcurrentExecutor) {
      let answer = await input(request)
      // Ctrl-D, which ipykernel treats as the end of the input.
      if !Task.isCancelled { kernel.answerInput(answer ?? "\u{4}", to: message) }
    }
  }

  /// Stores outputs outside the notebook.
  private mutating func spool(_ outputs: [JSONValue], _ isNew: Bool, at place: Int) {
    guard let limit = configuration.outputLimit else { return }
    guard let stem = limit.stem else {
      if isNew {
        warn(
          .cutOutputs, "outputs exceed \(limit.bytes) bytes and were truncated",
          cell: place)
      }
      return
    }
    let present = spools[place]
    if isNew { present?.clear() }
    let spool =
      present ?? OutputSpool(path: "\(stem).cell-\(place + 1).outputs.jsonl", like: limit.model)
    spools[place] = spool
    let hadFailed = present?.failure != nil
    for output in outputs { spool.write(output) }
    if let failure = spool.failure {
      if !hadFailed {
        warn(
          .lostOutputs, "'\(spool.path)' cannot be written: \(failure); the truncated rest is lost",
          cell: place)
      }
    } else if present == nil {
      warn(
        .cutOutputs,
        "outputs exceed \(limit.bytes) bytes and were truncated; all of them are in '\(spool.path)'",
        cell: place)
    }
    collector.setWhereabouts(spool.failure == nil ? "in \(spool.path)" : nil, at: place)
  }

  private func timeout(of cell: NotebookCell) -> Duration? {
    switch CellLimit(cell) {
    case .none: configuration.cellTimeout
    case .unlimited: nil
    case .after(let limit): limit
    }
  }

  /// Returns the limits for a kernel.
  ///
  /// Deno sends most of its output after its idle status, message by message between those of later
  /// requests. The broadcasts of a small request follow each other directly only when all is sent.
  static func limits(of kernel: Kernel) -> ExecutionMachine.Limits {
    kernel.info.implementation.lowercased().contains("deno")
      ? ExecutionMachine.Limits(settlingProbes: 2) : ExecutionMachine.Limits()
  }
}

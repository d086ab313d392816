import JSONCore
import JupyterProtocol
import KernelClient
import NotebookDocument
import Processes
import RunEvents

// MARK: The end of a cell

extension NotebookRunner {
  mutating func finish(
    _ place: Int, _ run: CellRun, _ death: ExitStatus?, _ limit: Duration?, _ kernel: Kernel,
    _ duration: Duration
  ) {
    if run.machine.missedIdle {
      warn(
        .missingIdle, "the kernel did not report that it is idle; output may be missing",
        cell: place)
    }
    let reply = run.machine.reply
    if let count = reply?.executionCount { setCount(count, at: place) }
    if reply?.status == .error, !collector.hasError(at: place) {
      // Line magics and some kernels report an error only in the reply.
      let error = reply?.error ?? ErrorContent(name: "", value: "", traceback: [])
      apply(collector.add(error: error, at: place), kernel)
    }
    var result = results[place]
    result.duration = duration
    if let cause = run.cause {
      conclude(&result, cause, run, isKernelGone: death != nil, limit)
    } else if let death {
      result.status = .killedWithKernel
      let end = KernelEnd(death)
      outcome = .kernelDied(end, cell: place)
      emit(.kernelDied(end))
    } else {
      conclude(&result, reply, isIncomplete: run.machine.isIncomplete)
    }
    let isTold = collector.hasError(at: place) && result.status != .timedOut
    if !isTold, let error = explanation(result, reply, death) {
      // It shows a later reader of the notebook why the outputs end here.
      apply(collector.add(error: ErrorContent(error), at: place), kernel)
    }
    apply(collector.end(), kernel)
    recordTimes(run.machine.times, at: place)
    changedPlaces.insert(place)
    results[place] = result
    papermill?.cellEnded(result, &document)
    emit(.cellFinished(result))
  }

  /// Concludes a cell that was made to end.
  private mutating func conclude(
    _ result: inout CellResult, _ cause: CellRun.Cause, _ run: CellRun, isKernelGone: Bool,
    _ limit: Duration?
  ) {
    let reply = run.machine.reply
    // Some kernels reply ok to an interrupt: only a cell that was not interrupted succeeded.
    let endedWell = reply?.status == .ok && !run.wasInterrupted
    (result.status, outcome) = ended(
      by: cause, result.index, isKernelGone: isKernelGone || run.wasTerminated)
    if reply?.status == .error { result.error = reply?.error.map { CellError($0) } }
    if endedWell { result.status = .succeeded }
    if endedWell, run.machine.isIncomplete {
      result.status = .failed
      result.error = NotebookRunner.incompleteOutput
    }
    guard result.status == .timedOut else { return }
    result.limit = cause == .cellTimeout ? limit : configuration.totalTimeout
    if outcome == nil {
      let error = explanation(result, reply, nil)
      result.errorIsAllowed = isErrorAllowed(document.cell(at: result.index), error)
      if !result.errorIsAllowed { firstTimedOutCell = firstTimedOutCell ?? result.index }
    }
  }

  /// Concludes a cell that ended by itself.
  private mutating func conclude(
    _ result: inout CellResult, _ reply: ExecuteReply?, isIncomplete: Bool
  ) {
    let place = result.index
    let cell = document.cell(at: place)
    let shown = collector.shownError(at: place).map { CellError($0) }
    result.status = .failed
    if reply?.status == .error || reply?.status == .aborted {
      result.error =
        reply?.error.map { CellError($0) } ?? CellError(name: "aborted", value: "", traceback: [])
      if isCleanExit(result.error), !isIncomplete {
        result.status = .succeeded
        outcome = .completed
        return
      }
      result.error = reported(result.error, at: place)
      if result.error?.name == "StdinNotImplementedError" {
        warn(
          .missingInput, "the cell asked for input, and none is available (see --stdin)",
          cell: place)
      }
    } else if let shown, reply == nil || configuration.failsOnErrorOutputs {
      result.error = shown
    } else if reply == nil {
      // The kernel became idle without a reply, as kernels do when their own code breaks: not a
      // success.
      result.error = missingReply
    } else if isIncomplete {
      result.error = NotebookRunner.incompleteOutput
    } else {
      result.status = .succeeded
      if let shown, !isErrorAllowed(cell, shown) {
        warn(
          .shownError,
          "the cell displayed the error '\(shown.name)', although the kernel reported success",
          cell: place)
      }
      return
    }
    if isIncomplete {
      // Allowing errors does not allow lost outputs.
      outcome = .failed(cell: place)
      return
    }
    result.errorIsAllowed = isErrorAllowed(cell, result.error)
    guard !result.errorIsAllowed else { return }
    if configuration.continuesAfterFailures {
      firstFailedCell = firstFailedCell ?? place
    } else {
      outcome = .failed(cell: place)
    }
  }

  /// The error to report if the kernel's reply has one: that of the reply, or the last displayed
  /// one if the reply's has no name and was not displayed.
  private func reported(_ error: CellError?, at place: Int) -> CellError? {
    let shown = collector.errors(at: place)
    guard let error, let last = shown.last else { return error }
    let isShown = shown.contains { $0.name == error.name && $0.value == error.value }
    return isShown || !["", "NoneType"].contains(error.name) ? error : CellError(last)
  }

  private var missingReply: CellError {
    let dropped = rejectedReply.map { "; a message on its channel was dropped: \($0)" }
    return NotebookRunner.explained(
      "NoReplyError",
      "the kernel became idle without a reply" + (dropped ?? "; its log may say why"))
  }

  private static let incompleteOutput = explained(
    "OutputIncomplete",
    "the kernel replied, but did not report that it is idle and sent nothing more; outputs are missing"
  )

  private static func explained(_ name: String, _ value: String) -> CellError {
    CellError(name: name, value: value, traceback: ["\(name): \(value)"])
  }

  /// The error to add to the notebook when the kernel could not report one.
  private func explanation(_ result: CellResult, _ reply: ExecuteReply?, _ death: ExitStatus?)
    -> CellError?
  {
    switch result.status {
    case .timedOut:
      NotebookRunner.explained("CellTimeoutError", result.limitText ?? "the time ran out")
    case .interrupted:
      NotebookRunner.explained(
        "CellInterruptedError", interruption + (death == nil ? "" : ", and its kernel has ended"))
    case .killedWithKernel:
      NotebookRunner.explained(
        "DeadKernelError", "the kernel \(death.map(\.description) ?? "ended")")
    case .failed where reply == nil: missingReply
    case .failed where result.error == NotebookRunner.incompleteOutput: result.error
    default: nil
    }
  }

  func ended(by cause: CellRun.Cause, _ place: Int, isKernelGone: Bool)
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

  /// Why a cell was interrupted.
  private var interruption: String {
    guard case .stopped(let signal)? = outcome else { return "the run was stopped" }
    return "the run was stopped by \(ExitStatus.name(of: signal))"
  }

  func reason(_ cause: CellRun.Cause?) -> String {
    switch cause {
    case .cellTimeout: "the cell's time ran out"
    case .totalTimeout: "the notebook's time ran out"
    case .stop(let signal): "the run was stopped by \(ExitStatus.name(of: signal))"
    case nil: ""
    }
  }

  /// `exit()` ends a script successfully, and so it does a notebook, as in papermill.
  func isCleanExit(_ error: CellError?) -> Bool {
    error?.name == "SystemExit" && ["", "0", "None"].contains(error?.value)
  }

  func isErrorAllowed(_ cell: NotebookCell, _ error: CellError?) -> Bool {
    if configuration.forcesErrors { return false }
    return configuration.allowsErrors || cell.tags.contains("raises-exception")
      || configuration.allowsErrorsOf.map { $0(cell) } ?? false
      || error.map { configuration.allowedErrors.contains($0.name) } ?? false
  }

  mutating func setCount(_ count: Int, at place: Int) {
    guard results[place].executionCount != count else { return }
    results[place].executionCount = count
    document.setExecutionCount(count, at: place)
  }

  mutating func recordTimes(_ times: ExecutionMachine.Times, at place: Int) {
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
}

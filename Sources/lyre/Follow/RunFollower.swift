import KernelLauncher
import PipelineExecution
import Reports
import RunEvents
import RunRecord
import RunViews
import Synchronization
import SystemSupport

/// Shows the events in the log of a run, and determines the run's exit code.
final class RunFollower: Sendable {
  private struct State {
    var code = ExitCode.success
    var cell: (number: Int, toRun: Int)?
  }

  private let name: String
  private let run: AnyRun
  private let writesJSON: Bool
  private let progress: ProgressMode
  /// The board of a pipeline's active run, on a terminal; nil for lines.
  private let board: PipelineBoard?
  private let printer = Printer.shared
  private let output = NodeOutput()
  private let state = Mutex(State())

  init(_ run: AnyRun, writesJSON: Bool, progress: ProgressMode) {
    name = FilePath.parts(run.file).name
    self.run = run
    self.writesJSON = writesJSON
    self.progress = progress
    let isLive = run.isPipeline && run.status == "running"
    let showsBoard =
      isLive && !writesJSON && progress == .auto && Printer.shared.terminal.errorIsTerminal
    board = showsBoard ? PipelineBoard(name) : nil
  }

  private var showsLines: Bool { progress != .none && board == nil }

  /// The exit code of the run, once it has ended.
  var code: ExitCode { state.withLock { $0.code } }

  /// Processes the next update from the log.
  func take(_ update: RunLogReader.Update) {
    switch update {
    case .event(let event):
      note(event)
      if writesJSON { return printer.result(Printer.spelledOut(event.line)) }
      show(event)
    case .damaged(let line):
      printer.log(
        "\("warning:", .yellow) line \(line.number) of the log is damaged: \(line.reason)")
    case .ended(.finished): break
    case .ended(.abandoned): end("the process that ran it was killed")
    case .ended(.notWritten):
      end("it could not be written, for example because the disk was full; the run went on")
    }
  }

  private func end(_ reason: VisibleText) {
    state.withLock { $0.code = .cellFailed }
    printer.setBoard(nil)
    printer.log("\("error:", .red) \(name): the log ends before the run: \(reason)")
  }

  // MARK: The code

  private func note(_ event: RunEvent) {
    let code: ExitCode
    switch event.kind {
    case .runFinished(let result) where event.subject.node == nil: code = ExitCode(result.outcome)
    case .runFailed(let failure) where event.subject.node == nil:
      code = ExitCode(rawValue: Int32(clamping: failure.code)) ?? .cellFailed
    case .warning(let warning) where warning.kind == .notWritten: code = .notWritten
    case .nodeFinished(let node): code = ExitCode(node.status)
    case .pipelineFinished(let end):
      if let signal = end.stopSignal {
        code = ExitCode(signal: signal)
      } else {
        return
      }
    default: return
    }
    state.withLock { $0.code = ExitCode.worst([$0.code, code]) }
  }

  // MARK: Lines

  private func show(_ event: RunEvent) {
    board?.take(event)
    let subject = event.subject.node?.label ?? name
    switch event.kind {
    case .pipelineStarted(let start):
      if let board { return printer.setBoard { board.lines($0) } }
      tell(subject, "\(Format.count(start.nodes.count { !$0.isSkipped }, "node"))")
    case .nodeStarted(let reason):
      tell(subject, "\(event.subject.node?.beginning(reason) ?? "started")")
    case .nodeRetried(let node, _):
      log(subject, "\(PipelineReporter.ending(of: node)); trying again")
    case .nodeFinished(let node):
      flush(event.subject)
      if node.status != .notRun { tell(subject, "\(PipelineReporter.ending(of: node))") }
    case .lines(let isError, let lines):
      output.print(lines, after: Terminal.visible(subject), toError: isError)
    case .text(_, let stream, let text):
      print(text, event.subject, toError: stream == "stderr")
    case .cellStarted(_, let number, let toRun): state.withLock { $0.cell = (number, toRun) }
    case .cellFinished(let cell):
      flush(event.subject)
      if event.subject.node == nil, let place = state.withLock({ $0.cell }) {
        tell(subject, "\(cell.line(number: place.number, of: place.toRun))")
      }
      if cell.status == .failed, let error = cell.error {
        log(subject, "\(colored: ([error.summary] + error.traceback).joined(separator: "\n"))")
      }
    case .warning(let warning):
      printer.log("\("warning:", .yellow) \(subject): \(warning.text)")
    case .runFailed(let failure):
      printer.log("\("error:", .red) \(subject): \(lines: failure.message)")
    case .runFinished(let result) where event.subject.node == nil:
      flush(event.subject)
      let ran = result.cells.count { $0.status != .skipped && $0.status != .notRun }
      let words = result.outcome.name.replacing("_", with: " ")
      tell(
        subject,
        "\(words), \(Format.count(ran, "cell")) in \(Format.duration(result.duration))")
    case .pipelineFinished(let end): finish(subject, end)
    case .kernelDied(let end): log(subject, "the kernel \(end.description)")
    default: break
    }
  }

  /// Shows how a pipeline ended: after a board as `lyre pipeline run` does.
  private func finish(_ subject: String, _ end: PipelineEnd) {
    guard let board else {
      return tell(subject, "\(end.status) in \(Format.duration(end.duration))")
    }
    printer.setBoard(nil)
    let nodes = board.results
    let result = PipelineResult(
      run: run.number, name: subject, started: run.started, duration: end.duration,
      nodes: nodes, stopSignal: end.stopSignal,
      criticalPath: end.criticalPath.filter(nodes.indices.contains))
    for line in PipelineRunSummary(result, name: name).lines() { printer.log(line) }
  }

  /// Shows a line about the progress of the run.
  private func tell(_ subject: String, _ text: VisibleText) {
    if showsLines { log(subject, text) }
  }

  private func log(_ subject: String, _ text: VisibleText) {
    printer.log("\(subject): \(text)")
  }

  private func print(_ text: String, _ subject: RunSubject, toError: Bool) {
    guard let node = subject.node else {
      printer.waitForRoom(toError: toError)
      return printer.passThrough(text, toError: toError)
    }
    let lines = output.complete(text, of: node.place, isError: toError)
    output.print(lines, after: Terminal.visible(node.label), toError: toError)
  }

  /// Shows the incomplete lines of a node.
  private func flush(_ subject: RunSubject) {
    guard let node = subject.node else { return }
    for (isError, line) in output.finish(node.place) {
      output.print(line, after: Terminal.visible(node.label), toError: isError)
    }
  }
}

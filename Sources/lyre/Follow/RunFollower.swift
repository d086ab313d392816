import KernelLauncher
import PipelineExecution
import Reports
import RunEvents
import RunRecord
import Synchronization
import SystemSupport

/// Shows the events in the log of a run, and determines the run's exit code.
final class RunFollower: Sendable {
  private struct State {
    var code = ExitCode.success
    var cell: (number: Int, toRun: Int)?
    /// Incomplete lines, by node and stream.
    var partialLines: [String: OutputLines] = [:]
  }

  private let name: String
  private let writesJSON: Bool
  private let printer = Printer.shared
  private let state = Mutex(State())

  init(_ run: AnyRun, writesJSON: Bool) {
    name = FilePath.parts(run.file).name
    self.writesJSON = writesJSON
  }

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
    case .ended(.abandoned):
      state.withLock { $0.code = .cellFailed }
      printer.log(
        "\("error:", .red) \(name): the log ends before the run does: the process that ran it was "
          + "killed, or could not write the log")
    }
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
    let subject = event.subject.node?.label ?? name
    switch event.kind {
    case .pipelineStarted(let start):
      log(subject, "\(Format.count(start.nodes.count { !$0.isSkipped }, "node"))")
    case .nodeStarted(let reason):
      let attempt = event.subject.node?.attempt ?? 1
      let why = attempt > 1 ? " again (attempt \(attempt))" : reason.map { " (\($0))" } ?? ""
      log(subject, "started\(why)")
    case .nodeRetried(let node, _):
      log(subject, "\(PipelineReporter.ending(of: node)); trying again")
    case .nodeFinished(let node):
      flush(event.subject)
      if node.status != .notRun { log(subject, "\(PipelineReporter.ending(of: node))") }
    case .lines(let isError, let lines): print(lines, event.subject, toError: isError)
    case .text(_, let stream, let text):
      print(text, event.subject, toError: stream == "stderr")
    case .cellStarted(_, let number, let toRun): state.withLock { $0.cell = (number, toRun) }
    case .cellFinished(let cell):
      flush(event.subject)
      if event.subject.node == nil, let place = state.withLock({ $0.cell }) {
        let count = cell.executionCount.map { " In [\($0)]" } ?? ""
        log(
          subject,
          "\(place.number)/\(place.toRun) cell \(cell.index + 1)\(count) \(cell.status.word) in "
            + "\(Format.duration(cell.duration))")
      }
      if cell.status == .failed, let error = cell.error {
        log(subject, "\(colored: ([error.summary] + error.traceback).joined(separator: "\n"))")
      }
    case .warning(let warning):
      let cell = warning.cell.map { "cell \($0 + 1): " } ?? ""
      printer.log("\("warning:", .yellow) \(subject): \(cell)\(warning.message)")
    case .runFailed(let failure):
      printer.log("\("error:", .red) \(subject): \(lines: failure.message)")
    case .runFinished(let result) where event.subject.node == nil:
      flush(event.subject)
      let ran = result.cells.count { $0.status != .skipped && $0.status != .notRun }
      let words = result.outcome.name.replacing("_", with: " ")
      log(
        subject,
        "\(words), \(Format.count(ran, "cell")) in \(Format.duration(result.duration))")
    case .pipelineFinished(let end):
      log(subject, "\(end.status) in \(Format.duration(end.duration))")
    case .kernelDied(let end): log(subject, "the kernel \(end.description)")
    default: break
    }
  }

  private func log(_ subject: String, _ text: VisibleText) {
    printer.log("\(subject): \(text)")
  }

  private func print(_ text: String, _ subject: RunSubject, toError: Bool) {
    printer.waitForRoom(toError: toError)
    guard let node = subject.node else { return printer.passThrough(text, toError: toError) }
    let lines = state.withLock {
      $0.partialLines["\(node.place) \(toError)", default: OutputLines()].take(Array(text.utf8))
    }
    for line in lines { print(line: line, of: node, toError: toError) }
  }

  private func print(line: String, of node: NodeIdentity, toError: Bool) {
    let shown =
      printer.terminal.usesColor
      ? ControlSequences.colorsOnly(line) : ControlSequences.removed(from: line)
    printer.passThrough("\(Terminal.visible(node.label)) | \(shown)\n", toError: toError)
  }

  /// Shows incomplete lines.
  private func flush(_ subject: RunSubject) {
    guard let node = subject.node else { return }
    for toError in [false, true] {
      let rest = state.withLock { $0.partialLines.removeValue(forKey: "\(node.place) \(toError)") }
      if var rest, let line = rest.finish() { print(line: line, of: node, toError: toError) }
    }
  }
}

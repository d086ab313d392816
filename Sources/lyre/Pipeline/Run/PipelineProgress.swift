import NotebookExecution
import PipelineExecution
import Reports
import RunEvents
import SystemSupport

/// Shows a pipeline's run on the terminal: a board or lines for its events, and at the end what failed.
///
/// The events are those of this process, or of an engine that runs the pipeline elsewhere.
final class PipelineProgress: Sendable {
  private let reporting: PipelineReporting
  private let name: String
  private let jobs: Int?
  private let board: PipelineBoard
  private let printer = Printer.shared
  private let output = NodeOutput()
  private let comparisons = ComparisonPace()

  /// - Parameters:
  ///   - reporting: what is shown, and how.
  ///   - name: the name of the pipeline.
  ///   - jobs: how many nodes may run at once; nil if that is not known.
  init(_ reporting: PipelineReporting, name: String, jobs: Int? = nil) {
    self.reporting = reporting
    self.name = name
    self.jobs = jobs
    board = PipelineBoard(name)
  }

  private var showsLines: Bool { reporting.progress != .none && !reporting.showsBoard }

  /// Shows an event of the run.
  func report(_ event: RunEvent) {
    board.take(event)
    if let node = event.subject.node { return report(event.kind, of: node) }
    switch event.kind {
    case .pipelineStarted(let start):
      let toRun = start.nodes.count { !$0.isSkipped }
      if showsLines {
        var line: VisibleText = "\(name): "
        switch event.subject.run {
        case .number(let run): line += "run \(run): "
        case .name(let run): line += "run \(run): "
        case nil: break
        }
        line += "\(Format.count(toRun, "node"))"
        if let jobs { line += ", \(min(jobs, max(toRun, 1))) at once" }
        log(line)
      }
      if reporting.showsBoard { printer.setBoard { [board] in board.lines($0) } }
    case .warning(let warning): reporting.warn("\(warning.message)")
    case .pipelineFinished: printer.setBoard(nil)
    default: break
    }
  }

  private func report(_ event: RunEvent.Kind, of node: NodeIdentity) {
    let place = node.place
    switch event {
    case .nodeStarted(let reason):
      if showsLines { log("\(label(node)): \(node.beginning(reason))") }
    case .nodeComparing(let progress):
      if showsLines, comparisons.isDue(place) {
        log("\(label(node)): comparing files: \(progress.text)")
      }
    case .lines(let isError, let lines): print(lines, of: node, toError: isError)
    case .nodeRetried(let result, _):
      log("\(label(node)): \(PipelineReporter.ending(of: result)); trying again")
    case .nodeFinished(let result):
      for (isError, line) in output.finish(place) { print(line, of: node, toError: isError) }
      // Nodes that never started are reported at the end.
      if showsLines, result.status != .notRun {
        log("\(label(node)): \(PipelineReporter.ending(of: result))")
      }
    case .warning(let warning):
      reporting.warn("\(label(node)): \(warning.text)")
    case .text(_, let stream, let text) where reporting.isVerbose:
      let isError = stream == "stderr"
      print(output.complete(text, of: place, isError: isError), of: node, toError: isError)
    case .kernelReady(let kernel) where reporting.isVerbose:
      log("\(label(node)): \(kernel.line)")
    case .kernelSignaled(let signal, let reason):
      log(
        "\(label(node)): \(reason); sending the kernel "
          + "\(signal == "interrupt" ? "an interrupt" : signal)")
    default: break
    }
  }

  /// Prints complete lines of a node's output.
  private func print(_ lines: String, of node: NodeIdentity, toError: Bool) {
    guard !reporting.isQuiet else { return }
    output.print(lines, after: label(node), toError: toError || reporting.streamsGoToError)
  }

  /// A node's label, with control characters made visible.
  private func label(_ node: NodeIdentity) -> String { Terminal.visible(node.label) }

  private func log(_ line: VisibleText) { printer.log(line) }

  /// Says what failed.
  func explainFailures(_ result: PipelineResult) {
    for node in result.nodes where node.status.isFailure {
      let message = Terminal.fitted(ColoredText(node.message ?? "it failed").plain, to: 500)
      log("\("error:", .red) \(Terminal.visible(node.label)): \(message)")
      for cell in node.cells {
        guard cell.status == .failed, !cell.errorIsAllowed, let error = cell.error else { continue }
        let traceback = error.traceback.joined(separator: "\n")
        if !traceback.isEmpty { log("\(colored: traceback)") }
      }
      if reporting.isQuiet || node.status == .kernelDied, !node.standardErrorTail.isEmpty {
        log("\(colored: node.standardErrorTail)")
      }
      if let path = node.log, let run = result.run {
        log("  full log: lyre pipeline logs \(run) \(node.place + 1)  (\(path))")
      }
    }
  }
}

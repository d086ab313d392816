import JSONCore
import JupyterProtocol
import KernelLauncher
import NotebookDocument
import NotebookExecution
import PipelineExecution
import Pipelines
import Reports
import RunEvents
import RunRecord
import Synchronization
import SystemSupport

/// Reports a pipeline's run on the terminal, and passes it to the event log and the reports.
final class PipelineReporter: Sendable {
  private let reporting: PipelineReporting
  private let input: PipelineInput
  private let pipeline: Pipeline
  private let graph: PipelineGraph
  private let configuration: PipelineConfiguration
  private let history: PipelineHistory?
  private let events: EventLog?
  private let junitFile: OutputFile?
  private let htmlFile: OutputFile?
  private let board: PipelineBoard
  private let printer = Printer.shared
  private let output = NodeOutput()
  private let comparisons = ComparisonPace()
  /// The executed notebooks that are not stored in a record, for the report.
  private let unrecorded = Mutex<[Int: NotebookDocument]>([:])

  init(
    _ reporting: PipelineReporting, _ pipeline: Pipeline, _ graph: PipelineGraph,
    _ input: PipelineInput, _ configuration: PipelineConfiguration,
    _ history: PipelineHistory?
  ) throws(OutputRefusal) {
    self.reporting = reporting
    self.pipeline = pipeline
    self.graph = graph
    self.input = input
    self.configuration = configuration
    self.history = history
    board = PipelineBoard(input.name)
    junitFile = try reporting.report.map { (place) throws(OutputRefusal) in try OutputFile(place) }
    htmlFile = try reporting.html.map { (place) throws(OutputRefusal) in try OutputFile(place) }
    events = try reporting.events.map { (place) throws(OutputRefusal) in try EventLog(place) }
  }

  private var showsLines: Bool { reporting.progress != .none && !reporting.showsBoard }

  /// Keeps a notebook that is not stored in a record, if the report shows it.
  func keep(_ document: NotebookDocument, of place: Int) {
    guard htmlFile != nil else { return }
    unrecorded.withLock { $0[place] = document }
  }

  // MARK: Events

  /// Processes an event of the run.
  func report(_ event: RunEvent) {
    board.take(event)
    events?.write(event)
    if let node = event.subject.node { return report(event.kind, of: node) }
    switch event.kind {
    case .pipelineStarted(let start):
      let toRun = start.nodes.count { !$0.isSkipped }
      if showsLines {
        var number = ""
        if case .number(let run)? = event.subject.run { number = "run \(run): " }
        log(
          "\(input.name): \(number)\(Format.count(toRun, "node")), "
            + "\(min(configuration.jobs, max(toRun, 1))) at once")
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
      if showsLines { log("\(label(place)): \(node.beginning(reason))") }
    case .nodeComparing(let progress):
      if showsLines, comparisons.isDue(place) {
        log("\(label(place)): comparing files: \(progress.text)")
      }
    case .lines(let isError, let lines): print(lines, of: place, toError: isError)
    case .nodeRetried(let node, _):
      log("\(label(place)): \(PipelineReporter.ending(of: node)); trying again")
    case .nodeFinished(let node):
      for (isError, line) in output.finish(place) { print(line, of: place, toError: isError) }
      // Nodes that never started are reported at the end.
      if showsLines, node.status != .notRun {
        log("\(label(place)): \(PipelineReporter.ending(of: node))")
      }
    case .warning(let warning):
      reporting.warn("\(label(place)): \(warning.text)")
    case .text(_, let stream, let text) where reporting.isVerbose:
      let isError = stream == "stderr"
      print(output.complete(text, of: place, isError: isError), of: place, toError: isError)
    case .kernelReady(let kernel) where reporting.isVerbose:
      log("\(label(place)): \(kernel.line)")
    case .kernelSignaled(let signal, let reason):
      log(
        "\(label(place)): \(reason); sending the kernel "
          + "\(signal == "interrupt" ? "an interrupt" : signal)")
    default: break
    }
  }

  /// Prints complete lines of a node's output.
  private func print(_ lines: String, of place: Int, toError: Bool) {
    guard !reporting.isQuiet else { return }
    output.print(lines, after: label(place), toError: toError || reporting.streamsGoToError)
  }

  /// A node's label, with control characters made visible.
  private func label(_ place: Int) -> String { Terminal.visible(graph.nodes[place].label) }

  private func log(_ line: VisibleText) { printer.log(line) }

  // MARK: The end

  /// Writes the reports of a run that could not begin, and returns the exit code.
  func abandon(_ refusal: PipelineRefusal) -> ExitCode {
    printer.setBoard(nil)
    events?.write(refusal.event)
    return note([events?.close(), junitFile?.writeReport(refusal.junit)], refusal.code)
  }

  /// Reports what could not be written, and returns the exit code.
  private func note(_ failures: [String?], _ code: ExitCode) -> ExitCode {
    let failures = failures.compactMap(\.self)
    for failure in failures { log("\("error:", .red) \(failure)") }
    return failures.isEmpty ? code : max(code, .notWritten)
  }

  /// Reports how the run ended, writes the reports, and returns the exit code.
  func finish(_ result: PipelineResult) -> ExitCode {
    printer.setBoard(nil)
    explainFailures(result)
    if reporting.progress != .none {
      for line in PipelineRunSummary(result, name: input.name).lines() { log(line) }
    }
    var code = ExitCode(result)
    func note(_ failure: String?) {
      guard let failure else { return }
      log("\("error:", .red) \(failure)")
      if code < .notWritten { code = .notWritten }
    }
    let reports = PipelineReports(
      name: input.name, pipeline: pipeline, graph: graph, result: result, history: history,
      unrecorded: unrecorded.withLock(\.self))
    if let file = junitFile { note(reports.writeJUnit(to: file)) }
    if let file = htmlFile {
      let failure = reports.writeHTML(to: file)
      note(failure)
      if failure == nil, reporting.progress != .none { log("  report: \(file.path)") }
    }
    if reporting.json {
      printer.print(json: .object(PipelineRunSummary(result, name: input.name).json(code)))
    }
    note(events?.close())
    return code
  }

  private func explainFailures(_ result: PipelineResult) {
    for node in result.nodes where node.status.isFailure {
      let message = Terminal.fitted(ColoredText(node.message ?? "it failed").plain, to: 500)
      log("\("error:", .red) \(label(node.place)): \(message)")
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

  /// How a node ended, in a few words.
  static func ending(of node: NodeResult) -> String {
    let time = Format.duration(node.duration)
    let message = Terminal.visible(ColoredText(node.message ?? "").plain)
    switch node.status {
    case .succeeded: return "ok in \(time)"
    case .cached: return "unchanged" + (node.cachedRun.map { ", as in run \($0)" } ?? "")
    case .failed: return "failed after \(time): \(message)"
    case .timedOut: return "timed out after \(time)"
    case .interrupted: return "interrupted after \(time)"
    case .blocked: return "not run: \(message)"
    default: return "\(node.status.word) after \(time): \(message)"
    }
  }
}

extension ExitCode {
  /// The exit code of a pipeline's run: that of a signal, else the highest of the nodes.
  init(_ result: PipelineResult) {
    if let signal = result.stopSignal {
      self.init(signal: signal)
      return
    }
    self = ExitCode.worst(result.nodes.map { ExitCode($0.status) })
  }

  /// The exit code for a node's status.
  init(_ status: NodeStatus) {
    self =
      switch status {
      case .failed: .cellFailed
      case .timedOut: .timedOut
      case .kernelDied: .kernelDied
      case .kernelNotStarted: .kernelNotStarted
      case .notWritten: .notWritten
      default: .success
      }
  }
}

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
  /// The number of reports about each comparison of files.
  private let comparisons = Mutex<[Int: Int]>([:])
  /// Incomplete lines of notebooks' output.
  private let partialLines = Mutex<[Int: [String: OutputLines]]>([:])
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
      if reporting.showsBoard { printer.setBoard { [board] in board.lines() } }
    case .warning(let warning): reporting.warn("\(warning.message)")
    case .pipelineFinished: printer.setBoard(nil)
    default: break
    }
  }

  private func report(_ event: RunEvent.Kind, of node: NodeIdentity) {
    let place = node.place
    switch event {
    case .nodeStarted(let reason):
      if showsLines {
        let attempt = node.attempt ?? 1
        let why =
          attempt > 1
          ? " again (attempt \(attempt))" : reason.map { " (\($0))" } ?? ""
        log("\(label(place)): started\(why)")
      }
    case .nodeComparing(let progress):
      if showsLines, isDue(place, progress) {
        log("\(label(place)): comparing files: \(progress.text)")
      }
    case .lines(let isError, let lines): print(lines, of: place, toError: isError)
    case .nodeRetried(let node, _):
      log("\(label(place)): \(PipelineReporter.ending(of: node)); trying again")
    case .nodeFinished(let node):
      flushLines(of: place)
      // Nodes that never started are reported at the end.
      if showsLines, node.status != .notRun {
        log("\(label(place)): \(PipelineReporter.ending(of: node))")
      }
    case .warning(let warning):
      let cell = warning.cell.map { "cell \($0 + 1): " } ?? ""
      reporting.warn("\(label(place)): \(cell)\(warning.message)")
    case .text(_, let stream, let text) where reporting.isVerbose:
      let lines = partialLines.withLock {
        $0[place, default: [:]][stream, default: OutputLines()].takeLines(Array(text.utf8))
      }
      if !lines.isEmpty { print(lines, of: place, toError: stream == "stderr") }
    case .kernelReady(let kernel) where reporting.isVerbose:
      log(
        "\(label(place)): kernel \(kernel.name) (process \(kernel.processID ?? 0)) ready after "
          + "\(Format.duration(kernel.startDuration))")
    case .kernelSignaled(let signal, let reason):
      log(
        "\(label(place)): \(reason); sending the kernel "
          + "\(signal == "interrupt" ? "an interrupt" : signal)")
    default: break
    }
  }

  /// Whether to write a line about a comparison: after a second, then every ten seconds.
  private func isDue(_ place: Int, _ progress: FileComparison) -> Bool {
    comparisons.withLock { count in
      count[place, default: -1] += 1
      return (count[place] ?? 0) % 10 == 0
    }
  }

  private func flushLines(of place: Int) {
    let rest = partialLines.withLock { $0.removeValue(forKey: place) } ?? [:]
    for (stream, var lines) in rest {
      if let line = lines.finish() { print(line + "\n", of: place, toError: stream == "stderr") }
    }
  }

  /// Prints complete lines with their line endings, after the label of their node.
  private func print(_ lines: String, of place: Int, toError: Bool) {
    guard !reporting.isQuiet else { return }
    let toError = toError || reporting.streamsGoToError
    let shown = ControlSequences.inLines(lines, keepsColors: printer.terminal.usesColor)
    printer.waitForRoom(toError: toError)
    printer.passThrough(
      PipelineReporter.lines(shown, after: "\(label(place)) | "), toError: toError)
  }

  /// Complete lines with a prefix before each.
  static func lines(_ text: String, after prefix: String) -> [UInt8] {
    let (bytes, prefix) = (Array(text.utf8), Array(prefix.utf8))
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + 2 * prefix.count)
    var start = 0
    while let end = bytes[start...].firstIndex(of: 0x0A) {
      result.append(contentsOf: prefix)
      result.append(contentsOf: bytes[start...end])
      start = end + 1
    }
    return result
  }

  /// A node's label, with control characters made visible.
  private func label(_ place: Int) -> String { Terminal.visible(graph.nodes[place].label) }

  private func log(_ line: VisibleText) { printer.log(line) }

  // MARK: The end

  /// Closes the reports of a run that could not begin.
  func abandon() {
    printer.setBoard(nil)
    _ = events?.close()
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

import JSONCore
import JupyterProtocol
import KernelLauncher
import NotebookDocument
import NotebookExecution
import PipelineExecution
import Pipelines
import Reports
import RunRecord
import Synchronization
import SystemSupport

/// Tells of a pipeline's run on the terminal, and hands it to the log of events and the reports.
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
  /// How often comparisons of files have been reported.
  private let comparisons = Mutex<[Int: Int]>([:])
  /// What notebooks have printed of a line that is not complete.
  private let partialLines = Mutex<[Int: [String: OutputLines]]>([:])

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

  // MARK: Events

  /// Takes an event of the run.
  func report(_ event: PipelineEvent) {
    board.take(event)
    write(event)
    switch event.kind {
    case .runStarted(_, let run, let nodes):
      let toRun = nodes.count { $0.status != .skipped }
      if showsLines {
        let number = run.map { "run \($0): " } ?? ""
        log(
          "\(input.name): \(number)\(Format.count(toRun, "node")), "
            + "\(min(configuration.jobs, max(toRun, 1))) at once")
      }
      if reporting.showsBoard { printer.setBoard { [board] in board.lines() } }
    case .nodeStarted(let place, let attempt, let reason):
      if showsLines {
        let why =
          attempt > 1
          ? " again (attempt \(attempt))" : reason.map { " (\($0))" } ?? ""
        log("\(label(place)): started\(why)")
      }
    case .nodeComparing(let place, let progress):
      if showsLines, isDue(place, progress) {
        log("\(label(place)): comparing files: \(progress.text)")
      }
    case .lines(let place, let isError, let lines): print(lines, of: place, toError: isError)
    case .notebook(let place, let event): report(event, of: place)
    case .nodeFailedOnce(let node, _):
      log("\(label(node.place)): \(PipelineReporter.ending(of: node)); trying again")
    case .nodeFinished(let node):
      flushLines(of: node.place)
      // What was never begun is told of at the end.
      if showsLines, node.status != .notRun {
        log("\(label(node.place)): \(PipelineReporter.ending(of: node))")
      }
    case .warning(let message, let place):
      reporting.warn("\(place.map { "\(label($0)): " } ?? "")\(message)")
    case .runFinished: printer.setBoard(nil)
    }
  }

  private func report(_ event: RunEvent, of place: Int) {
    switch event.kind {
    case .warning(let message, let cell):
      reporting.warn("\(label(place)): \(cell.map { "cell \($0 + 1): " } ?? "")\(message)")
    case .text(_, let stream, let text) where reporting.isVerbose:
      let lines = partialLines.withLock {
        $0[place, default: [:]][stream, default: OutputLines()].takeLines(Array(text.utf8))
      }
      if !lines.isEmpty { print(lines, of: place, toError: stream == "stderr") }
    case .kernelReady(let kernel, let id, _, let after) where reporting.isVerbose:
      log(
        "\(label(place)): kernel \(kernel) (process \(id ?? 0)) ready after "
          + "\(Format.duration(after))")
    case .kernelSignaled(let signal, let reason):
      log(
        "\(label(place)): \(reason); sending the kernel "
          + "\(signal == "interrupt" ? "an interrupt" : signal)")
    default: break
    }
  }

  /// Whether a line is written for this much of a comparison: after a second, then every ten.
  private func isDue(_ place: Int, _ progress: HashingProgress) -> Bool {
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

  /// Prints whole lines, each with its end, and what their node is called before them.
  private func print(_ lines: String, of place: Int, toError: Bool) {
    guard !reporting.isQuiet else { return }
    let toError = toError || reporting.streamsGoToError
    let shown = ControlSequences.inLines(lines, keepsColors: printer.terminal.usesColor)
    printer.waitForRoom(toError: toError)
    printer.passThrough(
      PipelineReporter.lines(shown, after: "\(label(place)) | "), toError: toError)
  }

  /// Whole lines with a text before each of them.
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

  /// What a node is called, with nothing in it that a terminal would obey.
  private func label(_ place: Int) -> String { Terminal.visible(graph.nodes[place].label) }

  private func log(_ line: VisibleText) { printer.log(line) }

  // MARK: The end

  /// The run could not begin.
  func abandon() {
    printer.setBoard(nil)
    _ = events?.close()
  }

  /// Says how the run ended, writes the reports, and gives the code to end with.
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
      name: input.name, pipeline: pipeline, graph: graph, result: result, history: history)
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

  // MARK: The log of events

  private func write(_ event: PipelineEvent) {
    guard let events else { return }
    func subject(_ place: Int?) -> JSONObject {
      var subject: JSONObject = ["pipeline": .init(input.path)]
      if let place {
        subject["node"] = .init(graph.nodes[place].id)
        subject["label"] = .init(graph.nodes[place].label)
      }
      return subject
    }
    func put(_ name: String, _ place: Int?, _ members: JSONObject) {
      events.write(subject(place), name, members, time: event.time)
    }
    switch event.kind {
    case .runStarted(let name, let run, let nodes):
      put(
        "pipeline_started", nil,
        [
          "name": .init(name), "run": run.map { .init(Int($0)) } ?? .null,
          "nodes": .init(nodes.count),
          "to_run": .init(nodes.count { $0.status != .skipped }),
        ])
    case .nodeStarted(let place, let attempt, let reason):
      put(
        "node_started", place,
        ["attempt": .init(attempt), "reason": reason.map { .init($0) } ?? .null])
    case .nodeComparing(let place, let progress):
      put(
        "node_comparing", place,
        [
          "files": .init(progress.files), "bytes": .init(Int(progress.bytes)),
          "path": .init(progress.path),
        ])
    case .lines(let place, let isError, let lines):
      let name = isError ? "stderr" : "stdout"
      for line in lines.utf8.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false) {
        put("line", place, ["name": .init(name), "text": .init(String(Substring(line)))])
      }
    case .notebook(let place, let event):
      var subject = subject(place)
      subject["notebook"] = graph.nodes[place].file.map { .init($0) } ?? .null
      events.write(subject, event)
    case .nodeFailedOnce(let node, let delay):
      put(
        "node_retried", node.place,
        PipelineRunSummary.json(of: node) + ["delay": EventLog.seconds(delay)])
    case .nodeFinished(let node):
      put("node_finished", node.place, PipelineRunSummary.json(of: node))
    case .warning(let message, let place): put("warning", place, ["message": .init(message)])
    case .runFinished(let result):
      put(
        "pipeline_finished", nil,
        [
          "run": result.run.map { .init(Int($0)) } ?? .null,
          "status": .init(result.status),
          "nodes": .object(PipelineRunSummary.counts(result)),
          "seconds": EventLog.seconds(result.duration),
        ])
    }
  }
}

private func + (left: JSONObject, right: JSONObject) -> JSONObject {
  JSONObject(left.members + right.members)
}

extension ExitCode {
  /// The code of a pipeline's run: a signal's, else that of the node that ended worst.
  init(_ result: PipelineResult) {
    if let signal = result.stopSignal {
      self.init(signal: signal)
      return
    }
    self = ExitCode.worst(
      result.nodes.map { node in
        switch node.status {
        case .failed: .cellFailed
        case .timedOut: .timedOut
        case .kernelDied: .kernelDied
        case .kernelNotStarted: .kernelNotStarted
        case .notWritten: .notWritten
        default: .success
        }
      })
  }
}

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
  private let history: PipelineHistory?
  private let events: EventLog?
  private let junitFile: OutputFile?
  private let htmlFile: OutputFile?
  private let progress: PipelineProgress
  private let printer = Printer.shared
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
    self.history = history
    progress = PipelineProgress(reporting, name: input.name, jobs: configuration.jobs)
    junitFile = try reporting.report.map { (place) throws(OutputRefusal) in try OutputFile(place) }
    htmlFile = try reporting.html.map { (place) throws(OutputRefusal) in try OutputFile(place) }
    events = try reporting.events.map { (place) throws(OutputRefusal) in try EventLog(place) }
  }

  /// Keeps a notebook that is not stored in a record, if the report shows it.
  func keep(_ document: NotebookDocument, of place: Int) {
    guard htmlFile != nil else { return }
    unrecorded.withLock { $0[place] = document }
  }

  /// Processes an event of the run.
  func report(_ event: RunEvent) {
    events?.write(event)
    progress.report(event)
  }

  // MARK: The end

  /// Writes the reports of a run that could not begin, and returns the exit code.
  func abandon(_ refusal: PipelineRefusal) -> ExitCode {
    printer.setBoard(nil)
    events?.write(refusal.event)
    return note([events?.close(), junitFile?.writeReport(refusal.junit)], refusal.code)
  }

  private func log(_ line: VisibleText) { printer.log(line) }

  /// Reports what could not be written, and returns the exit code.
  private func note(_ failures: [String?], _ code: ExitCode) -> ExitCode {
    let failures = failures.compactMap(\.self)
    for failure in failures { log("\("error:", .red) \(failure)") }
    return failures.isEmpty ? code : max(code, .notWritten)
  }

  /// Reports how the run ended, writes the reports, and returns the exit code.
  func finish(_ result: PipelineResult) -> ExitCode {
    printer.setBoard(nil)
    progress.explainFailures(result)
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

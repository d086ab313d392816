import JSONCore
import PipelineExecution
import RemoteEngines
import Reports
import RunEvents
import SystemSupport

/// Reports a run on an engine as one of this machine: on the terminal, in the event log and in the reports.
final class EngineReporter: Sendable {
  private let reporting: PipelineReporting
  private let name: String
  private let platform: String
  private let details: JSONObject
  private let events: EventLog?
  private let junitFile: OutputFile?
  private let progress: PipelineProgress
  private let printer = Printer.shared

  /// - Parameters:
  ///   - reporting: what is reported, and how.
  ///   - name: the name of the pipeline.
  ///   - platform: the name of the engine in JSON, as Elyra writes it.
  ///   - details: further members of the JSON.
  /// - Throws: `OutputRefusal` if a report cannot be opened.
  init(
    _ reporting: PipelineReporting, name: String, platform: String, details: JSONObject = [:]
  ) throws(OutputRefusal) {
    self.reporting = reporting
    self.name = name
    self.platform = platform
    self.details = details
    progress = PipelineProgress(reporting, name: name)
    junitFile = try reporting.report.map { (place) throws(OutputRefusal) in try OutputFile(place) }
    events = try reporting.events.map { (place) throws(OutputRefusal) in try EventLog(place) }
  }

  /// Processes an event of the run.
  func report(_ event: RunEvent) {
    events?.write(event)
    progress.report(event)
  }

  /// Tells something about the connection.
  func notice(_ message: VisibleText) { reporting.warn(message) }

  /// Reports how the run ended, writes the reports, and returns the exit code.
  func finish(_ run: FollowedRun, _ end: PipelineEnd) -> ExitCode {
    printer.setBoard(nil)
    let nodes = run.results
    let result = PipelineResult(
      run: nil, name: run.id, started: run.state?.started ?? 0, duration: end.duration,
      nodes: nodes,
      criticalPath: NodeResult.criticalPath(nodes, parents: run.parents),
      recordedStatus: end.status)
    progress.explainFailures(result)
    if let message = run.state?.message, end.status != "succeeded",
      !nodes.contains(where: \.status.isFailure)
    {
      log("\("error:", .red) \(name): \(message)")
    }
    if reporting.progress != .none {
      for line in PipelineRunSummary(result, name: name).lines() { log(line) }
    }
    var code = ExitCode(result)
    if end.status != "succeeded" { code = max(code, .cellFailed) }
    var failures: [String] = []
    if let junitFile {
      let report = JUnitReport()
      report.add(pipeline: name, result)
      if let failure = junitFile.writeReport(report.text) { failures.append(failure) }
    }
    if let failure = events?.close() { failures.append(failure) }
    for failure in failures { log("\("error:", .red) \(failure)") }
    if !failures.isEmpty { code = max(code, .notWritten) }
    if reporting.json {
      var json = PipelineRunSummary(result, name: name).json(code, platform: platform)
      for member in details { json[member.key.string] = member.value }
      printer.print(json: .object(json))
    }
    return code
  }

  /// Ends the report of a run that goes on without being followed.
  func leave() {
    printer.setBoard(nil)
    if let failure = events?.close() { log("\("error:", .red) \(failure)") }
  }

  private func log(_ line: VisibleText) { printer.log(line) }
}

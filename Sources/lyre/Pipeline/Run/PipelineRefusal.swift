import JSONCore
import NotebookExecution
import Reports
import RunEvents
import SystemSupport

/// A pipeline that is not run, as programs learn of it; the user has been told.
struct PipelineRefusal {
  /// The pipeline's file, as the user named it.
  let path: String
  /// Its problems.
  let reasons: [String]
  /// The labels of its nodes.
  var nodes: [String] = []
  /// The exit code of the command.
  let code: ExitCode

  /// The only event of the log.
  var event: RunEvent {
    let failure = RunFailure(
      message: reasons.joined(separator: "\n"), code: Int(code.rawValue))
    return RunEvent(.runFailed(failure), of: RunSubject(pipeline: path))
  }

  /// The JUnit report.
  var junit: String {
    let report = JUnitReport()
    report.add(pipeline: path, failures: reasons, isRun: true, nodes: nodes)
    return report.text
  }

  /// Writes the result, the event log and the report, as far as they were requested.
  ///
  /// - Returns: the exit code.
  func write(_ reporting: PipelineReporting) -> ExitCode {
    if reporting.json {
      Printer.shared.print(json: ["platform": "LOCAL", "status": "invalid"], .compact)
    }
    return ExitCode.worst([code, writeEvents(reporting.events), writeReport(reporting.report)])
  }

  private func writeEvents(_ place: OutputPlace?) -> ExitCode {
    guard let place else { return code }
    do throws(OutputRefusal) {
      let log = try EventLog(place)
      log.write(event)
      return note(log.close())
    } catch {
      return note("\(error)")
    }
  }

  private func writeReport(_ place: OutputPlace?) -> ExitCode {
    guard let place else { return code }
    do throws(OutputRefusal) {
      return note(try OutputFile(place).writeReport(junit))
    } catch {
      return note("\(error)")
    }
  }

  private func note(_ failure: String?) -> ExitCode {
    guard let failure else { return code }
    Printer.shared.log("\("error:", .red) \(failure)")
    return .notWritten
  }
}

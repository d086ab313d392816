import ArgumentParser
import JSONCore
import Processes
import RemoteEngines

/// The command `lyre runtimes check`.
struct CheckRuntime: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Try every part of a submission, and name the remedy for each problem.",
    discussion: """
      Tries the rules for the file, passwords and tokens, the login, the engine's server and its version, \
      the namespace, and the bucket: a small object is written and deleted. For Airflow also the \
      repository of its DAGs.

      EXAMPLES
        lyre runtimes check my_cluster
        lyre runtimes check my_cluster --json

      EXIT CODES
        0 no problem   1 a check found a problem   2 no such configuration
      """)

  @Argument(help: "The configuration's name.", completion: Completions.runtimes) var name: String
  @Flag(help: "Write JSON.") var json = false

  func run() async throws {
    let runtime = try RuntimeReports.reported { () throws(EngineError) in
      try RuntimeStore().configuration(name)
    }
    var results: [JSONValue] = []
    let checks = RuntimeChecks(runtime, EnvironmentBlock.inherited.texts)
    let isGood = await checks.run { check in
      if json { return results.append(check.json) }
      Printer.shared.print(CheckRuntime.line(check))
    }
    if json { Printer.shared.print(json: .array(results)) }
    if !isGood { throw ExitRequest(code: .cellFailed) }
  }

  private static func line(_ check: RuntimeCheck) -> VisibleText {
    let style: Terminal.Style =
      switch check.outcome {
      case .ok: .green
      case .note: .yellow
      case .problem: .red
      }
    let word = VisibleText(check.outcome.rawValue).padded(to: 7)
    return "\(word, style)  \(VisibleText(check.name).padded(to: 10))  \(check.message)"
  }
}

import ArgumentParser
import JSONCore
import KernelLauncher
import RemoteEngines
import Reports
import SystemSupport

/// The command `lyre pipeline submitted`.
struct ListSubmittedRuns: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submitted",
    abstract: "List the runs that were submitted from this machine, newest first.",
    discussion: """
      EXAMPLES
        lyre pipeline submitted
        lyre pipeline submitted weather.pipeline --states
        lyre pipeline submitted --json

      EXIT CODES
        0 listed   2 an engine refuses to tell a state
      """)

  @Option(
    name: [.customShort("l", allowingJoined: true), .long],
    help: ArgumentHelp("List this many runs.", valueName: "n"))
  var limit = 20

  @Flag(help: "Ask the engines for the states of the runs.") var states = false

  @Flag(help: "Write JSON.") var json = false

  @Argument(
    help: "Only the runs of this pipeline.", completion: Completions.pipelines)
  var pipeline: String?

  @OptionGroup var record: RecordOptions

  func run() async throws {
    let file = pipeline.map { FilePath.normalized($0) }
    let runs = SubmissionStore(directory: record.stateDirectory).all()
      .filter { file == nil || $0.pipeline == file }.prefix(max(limit, 0))
    var known: [Int: String] = [:]
    if states {
      for run in runs { known[run.number] = try await state(of: run) }
    }
    if json {
      return Printer.shared.print(
        json: .array(
          runs.map { run in
            var object = run.elyraJSON
            object["pipeline"] = .init(run.pipeline)
            object["runtime"] = run.runtime.map { .init($0) } ?? .null
            object["submitted"] = .init(JSONDate.text(nanoseconds: run.submitted, digits: 6))
            if states { object["state"] = known[run.number].map { .init($0) } ?? .null }
            return .object(object)
          }))
    }
    if runs.isEmpty { return Printer.shared.log("nothing was submitted from this machine") }
    let lines = runs.map { run -> VisibleText in
      var line: VisibleText = "\(run.number)  \(Format.date(run.submitted))  \(run.name)"
      if let state = known[run.number] { line += "  \(state)" }
      line += "  \(run.runtime ?? run.engine)  \(run.run)"
      return pipeline == nil ? line + "  \(run.pipeline)" : line
    }
    Printer.shared.print(lines.joined(separator: "\n"))
  }

  private func state(of run: Submission) async throws(ExitRequest) -> String {
    if run.isOnSlurm { return try await stateOnSlurm(of: run) }
    guard let runtime = run.runtime else { return "unknown" }
    let connection = try EngineConnection(runtime, without: Set(RuntimeKey.git))
    do throws(EngineError) {
      if let dag = run.dag {
        return try await connection.airflow().run(run.run, of: dag).state.rawValue
      }
    } catch {
      guard error.kind == .missing else { throw EngineFailure.report(error) }
      return "deleted"
    }
    let api = try connection.kubeflow()
    do throws(EngineError) {
      return try await api.run(run.run).state.rawValue.lowercased()
    } catch {
      guard error.kind == .missing else { throw EngineFailure.report(error) }
      return "deleted"
    }
  }

  private func stateOnSlurm(of run: Submission) async throws(ExitRequest) -> String {
    do throws(EngineError) {
      let engine = try SlurmEngineRun(run, environment: JupyterPaths().environment)
      return try await engine.state().status.rawValue
    } catch {
      switch error.kind {
      case .missing: return "deleted"
      case .rejected: return "incomplete"
      default: throw EngineFailure.report(error)
      }
    }
  }
}

import ArgumentParser
import JSONCore
import RemoteEngines
import SystemSupport

/// The command `lyre pipeline follow`.
struct FollowSubmittedRun: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "follow",
    abstract: "Show a run on Kubeflow Pipelines, Airflow or Slurm, live or afterwards.",
    discussion: """
      Shows the run as lyre pipeline run shows one of this machine: the states of its nodes from the \
      engine, and from the bucket or folder of the run their cells and output while they run. Of a \
      run that was not submitted with lyre pipeline submit from this machine, only the states are \
      shown. Runs on Slurm are those of lyre pipeline run --slurm --detach.

      A connection that breaks is tried again. Ctrl-C ends the following, not the run.

      EXAMPLES
        lyre pipeline follow last
        lyre pipeline follow 3 --report tests.xml
        lyre pipeline follow 3 --events - | jq .event
        lyre pipeline run fit.pipeline --slurm --detach && lyre pipeline follow last
        lyre pipeline follow 2f1c8a90-… --runtime-config team      submitted by Elyra
        lyre pipeline follow weather/last --runtime-config airflow      the newest run of a DAG

      EXIT CODES
        those of lyre pipeline run: 0 all ran   1 a node failed, or the run was stopped
        2 no such run, or the engine refuses   3 --follow-timeout is over
        6 not written   130/143 stopped by a signal; the run goes on
      """)

  @OptionGroup var subject: SubmittedRunArguments

  @Flag(help: "At the end, write the result as JSON to standard output.")
  var json = false

  @OptionGroup(title: "Output and reports") var options: FollowOptions

  func run() async throws {
    let (reporting, limit) = try options.checked(json: json)
    let run = try SubmittedRun(subject)
    run.warnIfChanged()
    try await FollowSubmittedRun.follow(run, reporting, limit: limit).end()
  }

  /// Follows a run, and returns the exit code.
  ///
  /// - Parameters:
  ///   - run: the run.
  ///   - reporting: what is reported, and how.
  ///   - limit: how long to follow; nil for to the end.
  ///   - before: what the engine said about a run that it was then told to run again; nil for another one.
  /// - Throws: `ExitRequest`, after reporting the error.
  static func follow(
    _ run: SubmittedRun, _ reporting: PipelineReporting, limit: Duration?,
    after before: EngineRunState? = nil
  ) async throws(ExitRequest) -> ExitCode {
    let reporter: EngineReporter
    do throws(OutputRefusal) {
      reporter = try EngineReporter(
        reporting, name: run.title, platform: run.platform,
        details: run.submission?.elyraJSON ?? ["run_id": .init(run.id)])
    } catch {
      Printer.shared.log("\("error:", .red) \(error)")
      throw ExitRequest(code: .unusableInput, message: "\(error)")
    }
    return try await RunFollowing(run, reporter, limit: limit, after: before).follow()
  }
}

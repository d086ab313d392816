import ArgumentParser
import RemoteEngines
import SystemSupport

/// The command `lyre pipeline stop`.
struct StopSubmittedRun: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop",
    abstract: "Stop a run on Kubeflow Pipelines, Airflow or Slurm.",
    discussion: """
      The engine ends the nodes that run; what they have made until then is in the bucket. Airflow \
      knows no stopped runs: there the run has failed. On Slurm waiting jobs are cancelled, and \
      running ones have half a minute to save.

      EXAMPLES
        lyre pipeline stop last
        lyre pipeline stop 2f1c8a90-… --runtime-config team

      EXIT CODES
        0 the engine stops it   2 no such run, or the engine refuses
      """)

  @OptionGroup var subject: SubmittedRunArguments

  func run() async throws {
    let run = try SubmittedRun(subject)
    let engine = try await run.engineRun()
    let ended = try await EngineFailure.reported { () throws(EngineError) in
      try await engine.stop()
    }
    let name: VisibleText = "run \(run.name)"
    Printer.shared.log(
      ended.map { name + " has ended already (\($0.rawValue))" }
        ?? name + " is being stopped; `lyre pipeline follow \(run.again)` shows its end")
  }
}

/// The command `lyre pipeline retry`.
struct RetrySubmittedRun: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry",
    abstract: "Run the failed nodes of a run on Kubeflow Pipelines or Airflow again.",
    discussion: """
      The same run goes on with the nodes that failed, and those behind them. Their files are those \
      of the submission: after a change of a file, submit the pipeline again. So it is with presigned \
      URLs (lyre pipeline submit --presigned): when they have ended, there is no retry.

      EXAMPLES
        lyre pipeline retry last
        lyre pipeline retry 3 --follow

      EXIT CODES
        0 the engine goes on   2 no such run, or the engine refuses
        with --follow those of lyre pipeline follow
      """)

  @OptionGroup var subject: SubmittedRunArguments

  @Flag(help: "Show the run until it has ended.") var follow = false

  @Flag(help: "With --follow, write the result as JSON to standard output.") var json = false

  @OptionGroup(title: "Output and reports") var options: FollowOptions

  func run() async throws {
    let (reporting, limit) = try options.checked(json: json)
    let run = try SubmittedRun(subject)
    if let expired = run.submission?.expiredAccess(at: wallClockNanoseconds()) {
      throw EngineFailure.report(EngineError(.conflict, expired))
    }
    let engine = try await run.engineRun()
    let before = try await EngineFailure.reported { () throws(EngineError) in
      // An engine may go on saying this for a moment.
      let before = follow ? try await engine.state() : nil
      try await engine.retry()
      return before
    }
    if follow {
      try await FollowSubmittedRun.follow(run, reporting, limit: limit, after: before).end()
    } else {
      Printer.shared.log(
        "run \(run.name) goes on; `lyre pipeline follow \(run.again)` shows it")
    }
  }
}

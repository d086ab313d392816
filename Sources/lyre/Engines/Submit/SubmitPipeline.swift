import ArgumentParser
import JSONCore
import PipelineExport
import Pipelines
import RemoteEngines
import Reports

/// The command `lyre pipeline submit`.
struct SubmitPipeline: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit",
    abstract: "Run a pipeline on Kubeflow Pipelines.",
    discussion: """
      Compiles the pipeline as lyre pipeline export does, uploads the nodes' files to the bucket and \
      the pipeline to the server, each only if its content is not there, and starts a run. Server, \
      login, bucket and credentials are those of a runtime configuration: lyre runtimes.

      With --follow it shows the run as one of this machine, as lyre pipeline follow does. With \
      --schedule it starts no run now, but lets the server start one at each of these times: lyre \
      pipeline schedules.

      EXAMPLES
        lyre pipeline submit weather.pipeline --runtime-config team
        lyre pipeline submit weather.pipeline --runtime-config team -p year 2026 --follow
        lyre pipeline submit weather.pipeline --runtime-config team --dry-run
        lyre pipeline submit weather.pipeline --runtime-config team --schedule "0 6 * * 1"

      EXIT CODES
        0 submitted   2 the pipeline is not valid, or the engine refuses   6 not remembered
        with --follow those of lyre pipeline follow
      """)

  @Argument(help: "The pipeline.", completion: Completions.pipelines) var pipeline: String

  @Option(help: "The engine; that of the runtime configuration.")
  var to: ExportPipeline.Target?

  @Flag(help: "Show the run until it has ended.") var follow = false

  @Flag(help: .hidden) var monitor = false

  @Option(help: .hidden) var monitorTimeout: Double?

  @Option(
    help: ArgumentHelp(
      "Let the server run it at these times: five fields as in cron, or such as @daily.",
      valueName: "cron"))
  var schedule: String?

  @Flag(help: "Say what would be uploaded and started; only ask the servers.")
  var dryRun = false

  @Flag(help: "Write the result as JSON to standard output.") var json = false

  @OptionGroup(title: "Run") var options: SubmitOptions
  @OptionGroup(title: "Parameters") var parameters: ParameterOptions
  @OptionGroup(title: "Storage and program") var export: ExportOptions

  @OptionGroup var source: PipelineSourceOptions

  @OptionGroup(title: "Output and reports") var following: FollowOptions

  private var follows: Bool { follow || monitor }

  func run() async throws {
    try UsageError.reported { () throws(UsageError) in try check() }
    let (reporting, limit) = try following.checked(
      json: json, reading: pipeline, minutes: monitorTimeout)
    let (given, times) = try UsageError.reported { () throws(UsageError) in
      (try ParameterSource.values(parameters, standardInputIsFree: true), try recurrence())
    }
    let connection = try EngineConnection(export.runtimeConfiguration ?? "")
    let engine = connection.runtime.engine
    let exporter = try await PipelineExporter(
      pipeline, root: source.root, components: source.components)
    let (settings, values) = try UsageError.reported { () throws(UsageError) in
      if let to, to.rawValue != engine.rawValue {
        throw UsageError(
          message: "--to \(to.rawValue): '\(connection.runtime.name)' is a configuration of "
            + engine.rawValue)
      }
      guard engine == .kubeflow else {
        throw UsageError(
          message: "'\(connection.runtime.name)' is a configuration of Apache Airflow, to which "
            + "lyre pipeline submit does not submit yet; use lyre pipeline export --to airflow")
      }
      return (
        try export.settings(
          for: engine.rawValue,
          needsBucket: exporter.pipeline.executableNodes.contains(where: \.isGeneric)),
        try SubmittedParameters.values(given, for: exporter.pipeline)
      )
    }
    try exporter.validate(isStrict: source.strict)
    let submission = try KubeflowSubmission(
      exporter, settings, connection, options, values, isStrict: source.strict)
    if dryRun { return try await preview(submission) }
    if let times { return try await schedule(submission, times) }
    try await start(submission, reporting, limit)
  }

  private func check() throws(UsageError) {
    guard let name = export.runtimeConfiguration, !name.isEmpty else {
      throw UsageError(
        message: "name the server with --runtime-config; `lyre runtimes list` lists the "
          + "configurations, and `lyre runtimes add` makes one")
    }
    guard schedule == nil || !follows else {
      throw UsageError(message: "--schedule starts no run that --follow could show")
    }
    guard monitorTimeout == nil || monitorTimeout ?? 0 > 0 else {
      throw UsageError(message: "--monitor-timeout: expected a number of minutes")
    }
  }

  private func recurrence() throws(UsageError) -> KubeflowSchedule? {
    guard let schedule else { return nil }
    do throws(EngineError) {
      return try KubeflowSchedule(schedule)
    } catch {
      throw UsageError(message: "--schedule: \(error.message)")
    }
  }

  private func tell(_ line: VisibleText) {
    if !following.reports.quiet, following.reports.progress != .none { Printer.shared.log(line) }
  }

  // MARK: What is done

  private func preview(_ submission: KubeflowSubmission) async throws(ExitRequest) {
    let preview = try await submission.preview()
    let (found, count) = (preview.pipeline, submission.plan.nodes.count)
    let version =
      found.pipeline == nil
      ? "would be uploaded" : found.version == nil ? "would get a new version" : "is unchanged"
    if json {
      let isNew = found.version == nil
      return Printer.shared.print(
        json: [
          "tasks": .init(count), "archives": .init(preview.archives),
          "upload": .array(preview.missing.map { .init($0) }),
          "pipeline": .init(submission.plan.engineName),
          "new_pipeline": .init(found.pipeline == nil),
          "new_version": isNew ? .init(preview.versionName) : .null,
          "new_experiment": .init(!preview.hasExperiment),
        ])
    }
    Printer.shared.print("\(pipeline): \(Format.count(count, "task")) for Kubeflow Pipelines")
    if preview.archives > 0 {
      Printer.shared.print(
        "  \(Format.count(preview.archives, "archive")): \(preview.missing.count) would be uploaded to "
          + "s3://\(submission.plan.settings.bucket)/")
    }
    Printer.shared.print("  pipeline \(submission.plan.engineName): \(version)")
    Printer.shared.print("  nothing was uploaded or started")
  }

  private func schedule(_ submission: KubeflowSubmission, _ times: KubeflowSchedule)
    async throws(ExitRequest)
  {
    let recurring = try await submission.schedule(times, tell)
    if json {
      return Printer.shared.print(
        json: [
          "platform": "KUBEFLOW_PIPELINES", "schedule_id": .init(recurring.id),
          "name": .init(recurring.name), "cron": .init(times.cron),
        ])
    }
    Printer.shared.print(
      "\(recurring.name): runs at '\(times.cron)' in the server's time zone, with seconds first "
        + "(schedule \(recurring.id))")
  }

  private func start(
    _ submission: KubeflowSubmission, _ reporting: PipelineReporting, _ limit: Duration?
  ) async throws {
    tell("\(pipeline): \(Format.count(submission.plan.nodes.count, "task")) for Kubeflow Pipelines")
    let submitted = try await submission.submit(tell)
    if !follows {
      if json { return Printer.shared.print(json: .object(submitted.elyraJSON)) }
      return show(submitted) { Printer.shared.print($0) }
    }
    show(submitted, tell)
    let run = SubmittedRun(submitted, submission.connection)
    try await FollowSubmittedRun.follow(run, reporting, limit: limit).end()
  }

  private func show(_ submitted: Submission, _ say: (VisibleText) -> Void) {
    say("\(submitted.name): submitted as \(submitted.number) (run \(submitted.run))")
    if let page = submitted.page { say("  page: \(page)") }
    if let place = submitted.place { say("  results: \(place.description)/") }
    if !follows { say("  lyre pipeline follow \(submitted.number)") }
  }
}

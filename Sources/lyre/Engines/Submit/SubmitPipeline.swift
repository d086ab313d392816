import ArgumentParser
import JSONCore
import PipelineExport
import Pipelines
import RemoteEngines

/// The command `lyre pipeline submit`.
struct SubmitPipeline: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit",
    abstract: "Run a pipeline on Kubeflow Pipelines or Airflow.",
    discussion: """
      Compiles the pipeline as lyre pipeline export does, uploads the nodes' files to the bucket and \
      the pipeline to the server, each only if its content is not there, and starts a run. Server, \
      login, bucket and credentials are those of a runtime configuration: lyre runtimes.

      For Airflow, the pipeline is a DAG, which goes to the repository of the runtime configuration \
      (GitHub, GitLab or Gitea) or to a folder. It is run now with --run, --follow or parameters.

      With --presigned, containers get no credentials for the bucket: the run has signed URLs for its \
      own files as a parameter, which everyone who sees the run can use until they end.

      With --follow it shows the run as one of this machine, as lyre pipeline follow does. With \
      --schedule it starts no run now, but lets the server start one at each of these times: lyre \
      pipeline schedules.

      EXAMPLES
        lyre pipeline submit weather.pipeline --runtime-config team
        lyre pipeline submit weather.pipeline --runtime-config team -p year 2026 --follow
        lyre pipeline submit weather.pipeline --runtime-config team --dry-run
        lyre pipeline submit weather.pipeline --runtime-config team --presigned-for 12h
        lyre pipeline submit weather.pipeline --runtime-config team --schedule "0 6 * * 1"
        lyre pipeline submit weather.pipeline --runtime-config airflow --follow
        lyre pipeline submit weather.pipeline --runtime-config airflow --dag-folder dags

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
  @OptionGroup(title: "Access to the storage") var access: AccessOptions
  @OptionGroup(title: "Delivery to Airflow") var delivery: DeliveryOptions
  @OptionGroup(title: "Airflow") var airflow: AirflowOptions
  @OptionGroup(title: "Parameters") var parameters: ParameterOptions
  @OptionGroup(title: "Storage and program") var export: ExportOptions

  @OptionGroup var source: PipelineSourceOptions

  @OptionGroup(title: "Output and reports") var following: FollowOptions

  /// Whether the run is shown.
  var follows: Bool { follow || monitor }

  func run() async throws {
    try UsageError.reported { () throws(UsageError) in try check() }
    let (reporting, limit) = try following.checked(
      json: json, reading: pipeline, minutes: monitorTimeout)
    let given = try UsageError.reported { () throws(UsageError) in
      try ParameterSource.values(parameters, standardInputIsFree: true)
    }
    let connection = try EngineConnection(
      export.runtimeConfiguration ?? "",
      without: delivery.dagFolder == nil ? [] : Set(RuntimeKey.git))
    let engine = connection.runtime.engine
    let presigned = try UsageError.reported { () throws(UsageError) in
      try access.check(isAirflow: engine == .airflow, hasSchedule: schedule != nil)
      return try access.seconds()
    }
    let exporter = try await PipelineExporter(
      pipeline, root: source.root, components: source.components)
    let settings = try UsageError.reported { () throws(UsageError) in
      if let to, to.rawValue != engine.rawValue {
        throw UsageError(
          message: "--to \(to.rawValue): '\(connection.runtime.name)' is a configuration of "
            + engine.rawValue)
      }
      return try export.settings(
        for: engine.rawValue,
        needsBucket: exporter.pipeline.executableNodes.contains(where: \.isGeneric),
        isForCluster: engine != .airflow || airflow.isForCluster, isPresigned: presigned != nil)
    }
    let target = Target(
      exporter: exporter, settings: settings, connection: connection, reporting: reporting,
      limit: limit, presignedSeconds: presigned)
    if engine == .airflow {
      try await submitToAirflow(target, given)
    } else {
      try await submitToKubeflow(target, given)
    }
  }

  /// What is submitted, and where to.
  struct Target {
    var exporter: PipelineExporter
    var settings: ExportSettings
    var connection: EngineConnection
    var reporting: PipelineReporting
    var limit: Duration?
    /// For how many seconds signed URLs are to hold; nil for none.
    var presignedSeconds: Int?
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

  /// Writes a line about a step.
  var tell: @Sendable (VisibleText) -> Void {
    let isQuiet = following.reports.quiet || following.reports.progress == .none
    return { if !isQuiet { Printer.shared.log($0) } }
  }

  /// Shows what was submitted, and follows it if that is wanted.
  ///
  /// - Parameters:
  ///   - submitted: the run.
  ///   - target: where it was submitted to.
  ///   - details: further members of the JSON.
  func finish(_ submitted: Submission, _ target: Target, _ details: JSONObject = [:]) async throws {
    if !follows {
      var json = submitted.elyraJSON
      for member in details { json[member.key.string] = member.value }
      if self.json { return Printer.shared.print(json: .object(json)) }
      return show(submitted) { Printer.shared.print($0) }
    }
    show(submitted, tell)
    let run = SubmittedRun(submitted, target.connection)
    try await FollowSubmittedRun.follow(run, target.reporting, limit: target.limit).end()
  }

  private func show(_ submitted: Submission, _ say: (VisibleText) -> Void) {
    say("\(submitted.name): submitted as \(submitted.number) (run \(submitted.run))")
    if let page = submitted.page { say("  page: \(page)") }
    if let place = submitted.place { say("  results: \(place.description)/") }
    if !follows { say("  lyre pipeline follow \(submitted.number)") }
  }
}

import JSONCore
import PipelineExport
import RemoteEngines
import SystemSupport

/// The submission of a pipeline to Kubeflow Pipelines: archives, pipeline, experiment, and a run or a schedule.
struct KubeflowSubmission: Sendable {
  let exporter: PipelineExporter
  let plan: ExportPlan
  let connection: EngineConnection
  let options: SubmitOptions
  let parameters: JSONObject
  /// For how many seconds signed URLs are to hold; nil for none.
  let presignedSeconds: Int?
  private let text: String

  /// Compiles the pipeline; nothing is sent yet.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  init(
    _ exporter: PipelineExporter, _ settings: ExportSettings, _ connection: EngineConnection,
    _ options: SubmitOptions, _ parameters: JSONObject, presignedSeconds: Int? = nil,
    isStrict: Bool
  ) throws {
    self.exporter = exporter
    self.connection = connection
    self.options = options
    self.parameters = parameters
    self.presignedSeconds = presignedSeconds
    let plan = try exporter.plan(.kubeflow, settings)
    let compiled = try PipelineExporter.reported(exporter.input.path) { () throws(ExportProblem) in
      try KubeflowPipeline(plan)
    }
    try PipelineExporter.report(compiled.findings, of: exporter.input.path, isStrict: isStrict)
    self.plan = plan
    text = try compiled.yaml()
  }

  private var experiment: String { options.experiment ?? plan.engineName }

  /// The name of a run: the pipeline's and the time, as Elyra names it.
  private var runName: String {
    if let name = options.runName { return name }
    let now = LocalTime()
    let parts = [now.month, now.day, now.hour, now.minute, now.second]
    return "\(plan.name)-" + parts.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined()
  }

  /// What would be done, after asking the server and the storage.
  struct Preview {
    var archives: Int
    var missing: [String]
    var pipeline: KubeflowUpload.Found
    var versionName: String
    var hasExperiment: Bool
  }

  /// Asks what would be done.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  func preview() async throws(ExitRequest) -> Preview {
    let api = try connection.kubeflow()
    let upload = KubeflowUpload(api, plan, text)
    _ = try await EngineFailure.reported { () throws(EngineError) in try await api.health() }
    let missing = try await archives.missing()
    return try await EngineFailure.reported { () throws(EngineError) in
      Preview(
        archives: exporter.archives(plan).count, missing: missing.map(\.key),
        pipeline: try await upload.find(), versionName: upload.versionName,
        hasExperiment: try await api.experiment(named: experiment) != nil)
    }
  }

  private var archives: SubmittedArchives {
    SubmittedArchives(
      exporter: exporter, plan: plan, connection: connection, endpoint: options.storageEndpoint)
  }

  /// Uploads what is not there, and describes a run of it.
  ///
  /// - Parameters:
  ///   - api: the server.
  ///   - tell: called with a line for each step.
  /// - Throws: `ExitRequest`, after reporting the error.
  private func prepare(_ api: KubeflowAPI, _ tell: (VisibleText) -> Void)
    async throws(ExitRequest) -> (run: KubeflowAPI.NewRun, access: RunAccess?)
  {
    // Before anything is uploaded: is the server there, and the login good?
    _ = try await EngineFailure.reported { () throws(EngineError) in try await api.health() }
    try await archives.upload(tell)
    let access = try await access(tell)
    var parameters = parameters
    for member in access?.parameters ?? [:] { parameters[member.key.string] = member.value }
    let upload = KubeflowUpload(api, plan, text)
    let (experiment, name, account) = (experiment, runName, options.serviceAccount)
    let new = try await EngineFailure.reported { [parameters] () throws(EngineError) in
      let found = try await upload.find()
      let ids = try await upload.upload(found)
      if found.version != nil {
        tell("  pipeline \(upload.name): unchanged")
      } else {
        tell(
          found.pipeline == nil
            ? "  pipeline \(upload.name): uploaded"
            : "  pipeline \(upload.name): new version \(upload.versionName)")
      }
      let stored =
        if let found = try await api.experiment(named: experiment) {
          found
        } else {
          try await api.createExperiment(experiment)
        }
      return KubeflowAPI.NewRun(
        experiment: stored.id, name: name, pipeline: ids.pipeline, version: ids.version,
        parameters: parameters, account: account)
    }
    return (new, access)
  }

  private func access(_ tell: (VisibleText) -> Void) async throws(ExitRequest) -> RunAccess? {
    guard let presignedSeconds else { return nil }
    return try await AccessMaker(
      plan: plan, connection: connection, endpoint: options.storageEndpoint
    ).make(archives: exporter.archives(plan).map(\.key), seconds: presignedSeconds, tell)
  }

  /// Starts a run.
  ///
  /// - Throws: `ExitRequest`, after reporting the error, or what became of it at a signal.
  func submit(_ tell: @escaping @Sendable (VisibleText) -> Void) async throws(ExitRequest)
    -> Submission
  {
    let api = try connection.kubeflow()
    let signals = SubmissionSignals()
    let (new, access) = try await signals.before { () async throws(ExitRequest) in
      try await prepare(api, tell)
    }
    let pages = "\(connection.runtime.publicAPIEndpoint ?? api.address)/#/runs"
    let run = try await signals.starting("look for '\(new.name)' on \(pages)") {
      () async throws(ExitRequest) in
      try await EngineFailure.reported { () throws(EngineError) in try await api.createRun(new) }
    }
    let submission = try await EngineFailure.reported { () throws(EngineError) in
      try SubmissionStore(directory: options.record.stateDirectory).add(
        SubmittedPlan(exporter: exporter, plan: plan, connection: connection).submission(
          api: api.address, run: run.id, name: run.name, page: "\(pages)/details/\(run.id)",
          endpoint: options.storageEndpoint, access: access))
    }
    if signals.last != nil { throw await stop(submission, api, signals) }
    return submission
  }

  /// Stops a run that was started while a signal came.
  private func stop(
    _ submission: Submission, _ api: KubeflowAPI, _ signals: SubmissionSignals
  ) async -> ExitRequest {
    let what = "stopped: the run \(submission.run) had been started already"
    do throws(EngineError) {
      try await api.perform(.terminate, onRun: submission.run)
      return signals.stopped(
        "\(what), and is being stopped; `lyre pipeline follow \(submission.number)` shows its end")
    } catch {
      return signals.stopped(
        "\(what), and could not be stopped: \(error.description); `lyre pipeline stop "
          + "\(submission.number)` tries it again")
    }
  }

  /// Lets the server run it again and again.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  func schedule(
    _ schedule: KubeflowSchedule, _ tell: @escaping @Sendable (VisibleText) -> Void
  ) async throws(ExitRequest) -> KubeflowAPI.RecurringRun {
    let api = try connection.kubeflow()
    let signals = SubmissionSignals()
    var new = try await signals.before { () async throws(ExitRequest) in
      try await prepare(api, tell).run
    }
    if options.runName == nil { new.name = plan.name }
    // A schedule that was made is shown, whatever comes meanwhile.
    return try await signals.starting(
      "look for '\(new.name)' with `lyre pipeline schedules list`"
    ) { [new] () async throws(ExitRequest) in
      try await EngineFailure.reported { () throws(EngineError) in
        try await api.createRecurringRun(new, schedule)
      }
    }
  }
}

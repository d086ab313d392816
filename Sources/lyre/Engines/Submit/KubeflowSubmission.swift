import Hashing
import JSONCore
import ObjectStorage
import PipelineExecution
import PipelineExport
import Pipelines
import RemoteEngines
import Reports
import SystemSupport

/// The submission of a pipeline to Kubeflow Pipelines: archives, pipeline, experiment, and a run or a schedule.
struct KubeflowSubmission {
  let exporter: PipelineExporter
  let plan: ExportPlan
  let connection: EngineConnection
  let options: SubmitOptions
  let parameters: JSONObject
  private let text: String

  /// Compiles the pipeline; nothing is sent yet.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  init(
    _ exporter: PipelineExporter, _ settings: ExportSettings, _ connection: EngineConnection,
    _ options: SubmitOptions, _ parameters: JSONObject, isStrict: Bool
  ) throws {
    self.exporter = exporter
    self.connection = connection
    self.options = options
    self.parameters = parameters
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
    let missing = try await missingArchives().missing
    return try await EngineFailure.reported { () throws(EngineError) in
      Preview(
        archives: exporter.archives(plan).count, missing: missing.map(\.key),
        pipeline: try await upload.find(), versionName: upload.versionName,
        hasExperiment: try await api.experiment(named: experiment) != nil)
    }
  }

  private func missingArchives() async throws(ExitRequest)
    -> (upload: ArchiveUpload?, missing: [PipelineExporter.Archive])
  {
    guard !exporter.archives(plan).isEmpty else { return (nil, []) }
    let store = try await connection.storage(
      endpoint: options.storageEndpoint, region: plan.settings.region)
    let upload = ArchiveUpload(exporter, plan, store)
    let missing = try await EngineFailure.reportedStorage { () throws(ObjectStorageError) in
      try await upload.missing()
    }
    return (upload, missing)
  }

  /// Uploads what is not there, and describes a run of it.
  ///
  /// - Parameter tell: called with a line for each step.
  /// - Throws: `ExitRequest`, after reporting the error.
  private func prepare(_ api: KubeflowAPI, _ tell: (VisibleText) -> Void)
    async throws(ExitRequest) -> KubeflowAPI.NewRun
  {
    // Before anything is uploaded: is the server there, and the login good?
    _ = try await EngineFailure.reported { () throws(EngineError) in try await api.health() }
    let (archives, missing) = try await missingArchives()
    try await archives?.upload(missing)
    let count = exporter.archives(plan).count
    if count > 0 {
      tell(
        "  \(Format.count(count, "archive")): \(missing.count) uploaded, \(count - missing.count) "
          + "there already")
    }
    let upload = KubeflowUpload(api, plan, text)
    let (experiment, name, account) = (experiment, runName, options.serviceAccount)
    return try await EngineFailure.reported { () throws(EngineError) in
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
  }

  /// Starts a run.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  func submit(_ tell: (VisibleText) -> Void) async throws(ExitRequest) -> Submission {
    let api = try connection.kubeflow()
    let new = try await prepare(api, tell)
    return try await EngineFailure.reported { () throws(EngineError) in
      let run = try await api.createRun(new)
      return try SubmissionStore(directory: options.record.stateDirectory).add(
        submission(api, run))
    }
  }

  /// Lets the server run it again and again.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  func schedule(_ schedule: KubeflowSchedule, _ tell: (VisibleText) -> Void)
    async throws(ExitRequest) -> KubeflowAPI.RecurringRun
  {
    let api = try connection.kubeflow()
    var new = try await prepare(api, tell)
    if options.runName == nil { new.name = plan.name }
    return try await EngineFailure.reported { [new] () throws(EngineError) in
      try await api.createRecurringRun(new, schedule)
    }
  }

  /// What is remembered of a run.
  private func submission(_ api: KubeflowAPI, _ run: KubeflowRun) -> Submission {
    func key(_ place: FilesPlace) -> String? {
      guard case .object(_, let key) = place else { return nil }
      return key.replacing(ExportPlan.run, with: run.id)
    }
    let runtime = connection.runtime
    var submission = Submission(
      engine: RuntimeEngine.kubeflow.rawValue, runtime: runtime.name, api: api.address, run: run.id,
      name: run.name, page: "\(runtime.publicAPIEndpoint ?? api.address)/#/runs/details/\(run.id)",
      pipeline: FilePath.normalized(exporter.input.path),
      digest: hexadecimal(ContentHash.of(exporter.input.bytes)), submitted: wallClockNanoseconds(),
      nodes: plan.nodes.map { node in
        var isFile = false
        if case .file = node.work { isFile = true }
        return SubmittedNode(
          id: node.id, label: node.label, task: node.task, file: node.node.file,
          digest: isFile ? node.node.file.flatMap(digest) : nil,
          results: isFile ? key(plan.results(of: node.node)) : nil, parents: node.parents)
      })
    guard !exporter.archives(plan).isEmpty else { return submission }
    submission.bucket = plan.settings.bucket
    submission.prefix = key(plan.runPlace)
    submission.endpoint = options.storageEndpoint ?? plan.settings.endpoint
    submission.region = plan.settings.region
    return submission
  }

  private func digest(_ file: String) -> String? {
    let path = exporter.input.folder.absolute(file)
    guard let bytes = try? fileContent(path, maximum: 1 << 30) else { return nil }
    return hexadecimal(ContentHash.of(bytes))
  }
}

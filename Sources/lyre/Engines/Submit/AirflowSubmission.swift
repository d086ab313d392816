import JSONCore
import ObjectStorage
import PipelineExport
import RemoteEngines
import Reports
import SystemSupport

/// The submission of a pipeline to Airflow: archives, the file of the DAG, and a run.
struct AirflowSubmission {
  let exporter: PipelineExporter
  let plan: ExportPlan
  let connection: EngineConnection
  let options: SubmitOptions
  let delivery: DeliveryOptions
  private let dag: AirflowPipeline
  private let file: DAGFile

  /// Writes the DAG; nothing is sent yet.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  init(
    _ exporter: PipelineExporter, _ settings: ExportSettings, _ airflow: AirflowSettings,
    _ connection: EngineConnection, _ options: SubmitOptions, _ delivery: DeliveryOptions,
    isStrict: Bool
  ) throws {
    self.exporter = exporter
    self.connection = connection
    self.options = options
    self.delivery = delivery
    let plan = try exporter.plan(.airflow, settings)
    dag = try PipelineExporter.reported(exporter.input.path) { () throws(ExportProblem) in
      try AirflowPipeline(plan, airflow)
    }
    try PipelineExporter.report(dag.findings, of: exporter.input.path, isStrict: isStrict)
    self.plan = plan
    file = DAGFile(
      name: "\(dag.id).py", Array(dag.source.utf8), mark: AirflowPipeline.mark)
  }

  /// The id of the DAG.
  var id: String { dag.id }

  /// Whether its nodes keep files in the bucket.
  var hasFiles: Bool { !exporter.archives(plan).isEmpty }

  private var source: String { "\(plan.name).pipeline" }

  private func place() async throws(EngineError) -> DAGDelivery {
    if let folder = delivery.dagFolder { return .folder(DAGFolder(FilePath.normalized(folder))) }
    return .git(try await connection.repository(folder: delivery.dagPath))
  }

  /// What would be done.
  struct Preview {
    /// The keys of the archives that would be uploaded.
    var missing: [String]
    /// What would become of the file.
    var delivered: DeliveredDAG
    /// The version of the server; nil if no run would be started.
    var server: AirflowVersion?
  }

  /// Asks what would be done.
  ///
  /// - Parameter starts: whether a run would be started.
  /// - Throws: `ExitRequest`, after reporting the error.
  func preview(starts: Bool) async throws(ExitRequest) -> Preview {
    let missing = try await archives.missing()
    return try await EngineFailure.reported { () throws(EngineError) in
      let delivered = try await place().preview(file, overwrites: delivery.overwrite)
      let server = starts ? try await connection.airflow().version : nil
      return Preview(missing: missing.map(\.key), delivered: delivered, server: server)
    }
  }

  private var archives: SubmittedArchives {
    SubmittedArchives(
      exporter: exporter, plan: plan, connection: connection, endpoint: options.storageEndpoint)
  }

  /// The server, and the error that the DAG had before.
  typealias Server = (api: AirflowAPI, former: AirflowImportError?)

  /// Connects with the server, before anything is uploaded.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  func server() async throws(ExitRequest) -> Server {
    try await EngineFailure.reported { () throws(EngineError) in
      let api = try await connection.airflow()
      return (api, try await api.importError(of: file.name))
    }
  }

  /// Uploads archives, and brings the DAG to Airflow.
  ///
  /// - Parameter tell: called with a line for each step.
  /// - Throws: `ExitRequest`, after reporting the error.
  func deliver(_ tell: (VisibleText) -> Void) async throws(ExitRequest) -> DeliveredDAG {
    // Before anything is uploaded: may the file be delivered?
    let target = try await EngineFailure.reported { () throws(EngineError) in
      let target = try await place()
      _ = try await target.preview(file, overwrites: delivery.overwrite)
      return target
    }
    try await archives.upload(tell)
    let delivered = try await EngineFailure.reported { () throws(EngineError) in
      try await target.deliver(file, overwrites: delivery.overwrite, from: source)
    }
    tell("  DAG \(id): \(delivered.change.rawValue), \(delivered.place)")
    return delivered
  }

  /// What the JSON of a submission has of its DAG.
  static func details(of delivered: DeliveredDAG) -> JSONObject {
    [
      "git_url": delivered.page.map { .init($0) } ?? .null,
      "commit": delivered.commit.map { .init($0) } ?? .null, "file": .init(delivered.place),
      "change": .init(delivered.change.rawValue),
    ]
  }

  /// Waits until the server has read the DAG, and lets it run.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  func activate(_ server: Server, _ delivered: DeliveredDAG, _ tell: (VisibleText) -> Void)
    async throws(ExitRequest)
  {
    // An error of the file as it is cannot be that of an earlier one.
    let former = delivered.change == .unchanged ? nil : server.former
    let arrival = AirflowArrival(id, file, former: former)
    try await EngineFailure.reported { () throws(EngineError) in
      if try await arrival.look(server.api) != .arrived {
        tell("  Airflow has not read it yet; waiting for at most \(delivery.limit.secondsText) s")
      }
      try await arrival.wait(server.api, limit: delivery.limit)
      try await server.api.setPaused(false, id)
    }
  }

  /// Starts a run.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  func start(_ server: Server, _ parameters: JSONObject) async throws(ExitRequest) -> Submission {
    try await EngineFailure.reported { () throws(EngineError) in
      let id = options.runName ?? AirflowAPI.runID(wallClockNanoseconds())
      let run = try await server.api.start(dag.id, run: id, parameters: parameters)
      var submission = SubmittedPlan(exporter: exporter, plan: plan, connection: connection)
        .submission(
          api: server.api.address, run: run.id, name: dag.id,
          page: server.api.page(of: run), endpoint: options.storageEndpoint)
      submission.dag = dag.id
      return try SubmissionStore(directory: options.record.stateDirectory).add(submission)
    }
  }
}

import JSONCore
import PipelineExport
import Pipelines
import RemoteEngines
import Reports

extension SubmitPipeline {
  /// Submits the pipeline to Airflow.
  ///
  /// - Parameters:
  ///   - target: the server.
  ///   - given: the values of parameters.
  func submitToAirflow(_ target: Target, _ given: JSONObject) async throws {
    let starts = delivery.run || follows || !given.isEmpty
    let (settings, values) = try UsageError.reported { () throws(UsageError) in
      try options.refuseForAirflow()
      try delivery.check()
      return (
        try airflow.settings(schedule: schedule),
        starts ? try SubmittedParameters.values(given, for: target.exporter.pipeline) : [:]
      )
    }
    try target.exporter.validate(isStrict: source.strict)
    let submission = try AirflowSubmission(
      target.exporter, target.settings, settings, target.connection, options, delivery,
      isStrict: source.strict)
    if dryRun { return try await preview(submission, starts: starts) }
    tell("\(pipeline): \(Format.count(submission.plan.nodes.count, "task")) for Airflow")
    // Before anything is uploaded: is the server there, and the login good?
    let server = starts ? try await submission.server() : nil
    let delivered = try await submission.deliver(tell)
    if let server {
      try await submission.activate(server, delivered, tell)
      let submitted = try await submission.start(server, values)
      return try await finish(submitted, target, AirflowSubmission.details(of: delivered))
    }
    if schedule != nil { try await activateSchedule(submission, delivered) }
    show(delivered, submission)
  }

  /// Lets the DAG run at its times, if there is a server that can be asked.
  private func activateSchedule(_ submission: AirflowSubmission, _ delivered: DeliveredDAG)
    async throws
  {
    do throws(EngineError) {
      _ = try await submission.connection.airflow()
    } catch {
      Printer.shared.log(
        "\("warning:", .yellow) \(error.description). If Airflow has paused the DAG, activate it on "
          + "Airflow's page")
      return
    }
    try await submission.activate(try await submission.server(), delivered, tell)
  }

  private func show(_ delivered: DeliveredDAG, _ submission: AirflowSubmission) {
    let server = submission.connection.runtime.apiEndpoint ?? ""
    if json {
      var json: JSONObject = [
        "platform": .init(RuntimeEngine.airflow.type), "run_url": .init(server),
        "object_storage_url": submission.plan.settings.endpoint.map { .init($0) } ?? .null,
        "object_storage_path": submission.hasFiles
          ? .init(submission.plan.runPlace.description) : .null,
      ]
      for member in AirflowSubmission.details(of: delivered) {
        json[member.key.string] = member.value
      }
      return Printer.shared.print(json: .object(json))
    }
    let what = delivered.change == .unchanged ? "is there already" : "was delivered"
    let when =
      schedule == nil ? "it runs when somebody starts it" : "it runs at '\(schedule ?? "")'"
    Printer.shared.print("\(submission.id): \(what); \(when): \(server)")
    if let page = delivered.page { Printer.shared.print("  file: \(page)") }
  }

  private func preview(_ submission: AirflowSubmission, starts: Bool) async throws(ExitRequest) {
    let preview = try await submission.preview(starts: starts)
    let (delivered, plan) = (preview.delivered, submission.plan)
    if json {
      return Printer.shared.print(
        json: [
          "tasks": .init(plan.nodes.count), "upload": .array(preview.missing.map { .init($0) }),
          "dag": .init(submission.id), "file": .init(delivered.place),
          "change": .init(delivered.change.rawValue),
          "server": preview.server.map { .init("Airflow \($0)") } ?? .null,
        ])
    }
    Printer.shared.print("\(pipeline): \(Format.count(plan.nodes.count, "task")) for Airflow")
    if submission.hasFiles {
      let count = Format.count(preview.missing.count, "archive")
      Printer.shared.print("  \(count) would be uploaded to s3://\(plan.settings.bucket)/")
    }
    Printer.shared.print(
      "  DAG \(submission.id): would be \(delivered.change.rawValue), \(delivered.place)")
    if let server = preview.server {
      Printer.shared.print("  a run would be started on Airflow \(server)")
    }
    Printer.shared.print("  nothing was uploaded, delivered or started")
  }
}

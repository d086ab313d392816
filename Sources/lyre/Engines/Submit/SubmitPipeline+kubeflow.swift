import JSONCore
import PipelineExport
import RemoteEngines
import Reports

extension SubmitPipeline {
  /// Submits the pipeline to Kubeflow Pipelines.
  ///
  /// - Parameters:
  ///   - target: the server.
  ///   - given: the values of parameters.
  func submitToKubeflow(_ target: Target, _ given: JSONObject) async throws {
    let (times, values) = try UsageError.reported { () throws(UsageError) in
      try airflow.refuse()
      try delivery.refuse()
      return (
        try recurrence(), try SubmittedParameters.values(given, for: target.exporter.pipeline)
      )
    }
    try target.exporter.validate(isStrict: source.strict)
    let submission = try KubeflowSubmission(
      target.exporter, target.settings, target.connection, options, values,
      presignedSeconds: target.presignedSeconds, isStrict: source.strict)
    if dryRun { return try await preview(submission) }
    if let times { return try await schedule(submission, times) }
    let count = submission.plan.nodes.count
    tell("\(pipeline): \(Format.count(count, "task")) for Kubeflow Pipelines")
    try await finish(try await submission.submit(tell), target)
  }

  private func recurrence() throws(UsageError) -> KubeflowSchedule? {
    guard let schedule else { return nil }
    do throws(EngineError) {
      return try KubeflowSchedule(schedule)
    } catch {
      throw UsageError(message: "--schedule: \(error.message)")
    }
  }

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
}

import ObjectStorage
import PipelineExport
import RemoteEngines
import Reports

/// The archives with the nodes' files of a submission, in the bucket of a runtime configuration.
struct SubmittedArchives {
  let exporter: PipelineExporter
  let plan: ExportPlan
  let connection: EngineConnection
  /// The storage server's URL as this machine reaches it; nil for that of the configuration.
  let endpoint: String?

  private func storage() async throws(ExitRequest) -> ArchiveUpload {
    ArchiveUpload(
      exporter, plan,
      try await connection.storage(
        endpoint: endpoint ?? plan.settings.endpoint, region: plan.settings.region))
  }

  /// The archives that the bucket does not have.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  func missing() async throws(ExitRequest) -> [PipelineExporter.Archive] {
    if exporter.archives(plan).isEmpty { return [] }
    let upload = try await storage()
    return try await EngineFailure.reportedStorage { () throws(ObjectStorageError) in
      try await upload.missing()
    }
  }

  /// Uploads those that the bucket does not have.
  ///
  /// - Parameter tell: called with a line about them.
  /// - Throws: `ExitRequest`, after reporting the error.
  func upload(_ tell: (VisibleText) -> Void) async throws(ExitRequest) {
    let count = exporter.archives(plan).count
    guard count > 0 else { return }
    let missing = try await self.missing()
    try await storage().upload(missing)
    tell(
      "  \(Format.count(count, "archive")): \(missing.count) uploaded, \(count - missing.count) "
        + "there already")
  }
}

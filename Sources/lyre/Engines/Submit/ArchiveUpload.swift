import NodeProgram
import ObjectStorage
import PipelineExport
import RemoteEngines
import SystemSupport

/// Uploads the archives with the nodes' own files: only what the bucket does not have, since an archive's key is
/// made from its content.
struct ArchiveUpload {
  private let exporter: PipelineExporter
  private let plan: ExportPlan
  private let store: ObjectStore

  /// - Parameters:
  ///   - exporter: the pipeline.
  ///   - plan: its tasks.
  ///   - store: the storage.
  init(_ exporter: PipelineExporter, _ plan: ExportPlan, _ store: ObjectStore) {
    self.exporter = exporter
    self.plan = plan
    self.store = store
  }

  private var bucket: String { plan.settings.bucket }

  /// The archives of the pipeline that the bucket does not have.
  ///
  /// - Throws: `ObjectStorageError`.
  func missing() async throws(ObjectStorageError) -> [PipelineExporter.Archive] {
    var missing: [PipelineExporter.Archive] = []
    for archive in exporter.archives(plan) {
      let location = ObjectLocation(bucket: bucket, key: archive.key)
      do throws(ObjectStorageError) {
        if try await store.head(location) == nil { missing.append(archive) }
      } catch {
        // Of a bucket that does not exist nothing is there.
        guard error.kind == .noBucket else { throw error }
        missing.append(archive)
      }
    }
    return missing
  }

  /// Uploads archives; the bucket is created if it does not exist.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  func upload(_ archives: [PipelineExporter.Archive]) async throws(ExitRequest) {
    guard !archives.isEmpty else { return }
    try await EngineFailure.reportedStorage { () throws(ObjectStorageError) in
      if try await !store.hasBucket(bucket) { try await store.createBucket(bucket) }
    }
    let folder: String
    do throws(SystemError) {
      folder = try FilePath.makeTemporaryFolder("lyre-submit.")
    } catch {
      throw EngineFailure.report(
        EngineError(.file, "a folder for the archives cannot be made: \(error)"))
    }
    defer { FilePath.removeTree(folder) }
    let file = "\(folder)/archive.tar.gz"
    for archive in archives {
      do throws(TransferProblem) {
        try exporter.write(archive, to: file)
      } catch {
        throw EngineFailure.report(EngineError(.file, error.description))
      }
      try await EngineFailure.reportedStorage { () throws(ObjectStorageError) in
        _ = try await store.put(file: file, to: ObjectLocation(bucket: bucket, key: archive.key))
      }
    }
  }
}

import Hashing
import JSONCore
import NodeResults
import ObjectStorage
import PipelineExport
import Pipelines
import RemoteEngines
import SystemSupport

/// What a submitted run gets instead of credentials: its folder, and parameters with signed URLs.
struct RunAccess: Sendable {
  /// The name of the run's folder.
  var folder: String
  /// When the URLs expire, in seconds since 1970-01-01 00:00 UTC.
  var expires: Int
  /// The parameters.
  var parameters: JSONObject
}

/// Signs what the nodes of a run need, and puts the list of it into the run's folder.
struct AccessMaker: Sendable {
  let plan: ExportPlan
  let connection: EngineConnection
  /// The storage server's URL as this machine reaches it; nil for that of the configuration.
  let endpoint: String?

  /// Makes the access of a new run.
  ///
  /// - Parameters:
  ///   - archives: the keys of the nodes' archives, which are in the bucket.
  ///   - seconds: for how long it is to hold.
  ///   - tell: called with a line about it.
  /// - Returns: nil if the nodes of the pipeline need none.
  /// - Throws: `ExitRequest`, after reporting the error.
  func make(archives: [String], seconds: Int, _ tell: (VisibleText) -> Void)
    async throws(ExitRequest) -> RunAccess?
  {
    guard let names = plan.accessParameters else { return nil }
    let nodes = plan.settings.endpoint ?? connection.runtime.storageEndpoint
    let store = try await connection.storage(
      endpoint: endpoint ?? plan.settings.endpoint, region: plan.settings.region)
    let folder = AccessMaker.folder()
    let root = location(plan.runPlace, folder)
    let list = root.appending(".lyre/access.json")
    let results = fileNodes.map { location(plan.results(of: $0), folder) }
    let outputs = fileNodes.map { location(plan.outputs(of: $0), folder) }
    return try await EngineFailure.reportedStorage { () throws(ObjectStorageError) in
      // A request tells what is to be known of the server before something is signed for it.
      try await store.requireBucket(root.bucket)
      let grant = try await store.grant(
        folder: folder, below: root.appending(""),
        reads: archives.map { ObjectLocation(bucket: root.bucket, key: $0) } + outputs
          + results.map { $0.appending(ResultPieces.claimName) },
        lists: results.map { $0.appending("") }, seconds: seconds, endpoint: nodes)
      try await write(grant, to: list, store)
      let left = max(1, grant.expires - Int(wallClockNanoseconds() / 1_000_000_000))
      var parameters = JSONObject()
      parameters[names.grant] = .init(
        try await store.presignedGet(list, seconds: min(left, seconds), endpoint: nodes))
      if let name = names.program {
        parameters[name] = .init(try await program(store, min(left, seconds), nodes))
      }
      let ends = try await store.endsUnannounced()
      tell(
        "  presigned URLs: until \(grant.expiresText)"
          + (ends ? ", if the temporary credentials that signed them do not end before" : ""))
      return RunAccess(folder: folder, expires: grant.expires, parameters: parameters)
    }
  }

  /// Writes the list as the nodes will write: whether the storage takes forms is known now.
  private func write(_ grant: StorageGrant, to list: ObjectLocation, _ store: ObjectStore)
    async throws(ObjectStorageError)
  {
    do throws(ObjectStorageError) {
      try await store.put(
        grant.json.serialized(), to: list, with: grant, environment: connection.environment)
    } catch {
      guard error.status != nil else { throw error }
      var error = error
      error.message =
        "the storage takes no object by a signed form (POST), as --presigned needs: "
        + error.message
      error.remedy =
        "Name a secret of the cluster with --secret instead of --presigned, or let the "
        + "nodes use the role of their service account."
      throw error
    }
  }

  /// The URL of the program in the storage.
  private func program(_ store: ObjectStore, _ seconds: Int, _ endpoint: String?)
    async throws(ObjectStorageError) -> String
  {
    guard case .download(let address, _) = plan.settings.program else { return "" }
    let location = try ObjectLocation(address)
    guard try await store.head(location) != nil else {
      throw ObjectStorageError(
        .noObject, "there is no such object", remedy: "Upload lyre, or correct --lyre-url.",
        place: address)
    }
    return try await store.presignedGet(location, seconds: seconds, endpoint: endpoint)
  }

  private var fileNodes: [PipelineNode] {
    plan.nodes.compactMap { node in
      if case .file = node.work { node.node } else { nil }
    }
  }

  private func location(_ place: FilesPlace, _ folder: String) -> ObjectLocation {
    guard case .object(let bucket, let key) = place else {
      return ObjectLocation(bucket: plan.settings.bucket, key: "")
    }
    return ObjectLocation(bucket: bucket, key: key.replacing(ExportPlaces.folder, with: folder))
  }

  /// A name for the folder of a run that has no id yet.
  private static func folder() -> String {
    let time = JSONDate.text(nanoseconds: wallClockNanoseconds(), digits: 6).prefix(19)
    return "\(time.filter { $0 != "-" && $0 != ":" })-\(hexadecimal(randomBytes(count: 4)))"
  }
}

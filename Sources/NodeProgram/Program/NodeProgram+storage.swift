import Glibc
import JSONCore
import NodeResults
import ObjectStorage
import PipelineExecution
import Pipelines
import SystemSupport

extension NodeProgram {
  /// The object storage, without a request to it: credentials are in a file of their own, or may be
  /// among the node's variables.
  func openObjects(_ grant: StorageGrant?) throws(TransferProblem) -> ObjectStore {
    let given = try storageCredentials()
    do throws(ObjectStorageError) {
      var settings =
        if let storage = description.storage {
          try ObjectStorageSettings(.object(storage))
        } else {
          ObjectStorageSettings()
        }
      if let given { settings.credentials = .given(given) }
      if let grant { settings.credentials = .grant(grant) }
      settings.attempts = patience.attempts
      settings.patientAttempts = patience.patientAttempts
      settings.firstDelay = patience.firstDelay
      return try ObjectStore(
        settings, environment: environment.merging(description.node.environment) { $1 })
    } catch {
      var problem = TransferProblem("storage: \(error)")
      problem.isUsage = true
      throw problem
    }
  }

  /// The credentials of the file that the description names; nil if it names none.
  private func storageCredentials() throws(TransferProblem) -> StorageCredentials? {
    guard let path = description.storageCredentials else { return nil }
    do throws(SystemError) {
      guard let found = StorageCredentials(variables: try EnvironmentFile.take(path)) else {
        throw SystemError(EINVAL)
      }
      return found
    } catch {
      var problem = TransferProblem(path, "read, and it has the credentials of the storage", error)
      problem.isUsage = true
      throw problem
    }
  }

  /// Claims the place for results.
  ///
  /// An engine that retries a node starts the same description again in
  /// the same run: the results of that attempt go beside those of the first, into `attempt-2`.
  mutating func openUpload(of folder: WorkFolder) async throws(TransferProblem)
    -> ResultsUpload
  {
    let claim = description.claim.serialized(.pretty) + [0x0A]
    let first = description
    var number = objects?.isGranted == true ? try await freeStart(claim, folder) : 1
    while true {
      begin(first, number)
      let store = try store(at: description.results, until: .end)
      do throws(TransferProblem) {
        return try await ResultsUpload(
          folder, to: store, claim: claim, isUrgent: { [stop] in stop.signal != nil })
      } catch {
        guard error.isUsage, description.subject.run != nil, number < ResultPieces.mostStarts,
          try await ResultsUpload.claim(in: store, folder) == claim
        else { throw error }
      }
      number += 1
    }
  }

  /// The next start of the node: of a granted place one level can be listed, and nothing else is known.
  ///
  /// - Throws: ``TransferProblem``, also if another run of the engine has used the grant.
  private func freeStart(_ claim: [UInt8], _ folder: WorkFolder) async throws(TransferProblem)
    -> Int
  {
    guard case .object(let bucket, let key) = description.results, let objects else { return 1 }
    let results = BucketStore(objects, ObjectLocation(bucket: bucket, key: key), stop, until: .end)
    let names = try await results.topNames()
    guard names.contains(ResultPieces.claimName) else { return 1 }
    guard try await ResultsUpload.content(ofClaimIn: results, folder) == claim else {
      var problem = TransferProblem(
        "the presigned URLs were made for another run, whose results are in '\(description.results)': "
          + "a copied run cannot use them. Submit the pipeline again")
      problem.isUsage = true
      throw problem
    }
    for number in 2...ResultPieces.mostStarts
    where !names.contains(ResultPieces.folder(ofStart: number)) {
      return number
    }
    throw TransferProblem.used(description.results)
  }

  /// Lets the results go to the place of a start.
  private mutating func begin(_ first: NodeDescription, _ number: Int) {
    if number > 1 {
      description.results = first.results.appending(ResultPieces.folder(ofStart: number))
    }
    description.subject.attempt = first.subject.attempt + number - 1
  }

  /// The store at a place.
  ///
  /// - Parameters:
  ///   - place: a file, or the common place of several.
  ///   - limit: when transfers are given up.
  /// - Throws: ``TransferProblem``.
  func store(at place: FilesPlace, until limit: NodeStop.Limit) throws(TransferProblem)
    -> any FileStore
  {
    switch place {
    case .path(let path):
      return FolderStore(root: path, copy: FileCopy(isStopped: { stop.isOver(limit) }))
    case .object(let bucket, let key):
      guard let objects else { throw TransferProblem("'\(place)' cannot be reached") }
      return BucketStore(objects, ObjectLocation(bucket: bucket, key: key), stop, until: limit)
    }
  }
}

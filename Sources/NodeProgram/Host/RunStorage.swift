import Hashing
package import JSONCore
import NodeResults
package import ObjectStorage
package import PipelineExecution
package import Pipelines
package import RunEvents
import Synchronization
import SystemSupport

/// The object storage of a pipeline's run, seen from the machine that keeps the schedule.
///
/// Below one prefix, `files` has what nodes need, named by its content, so that later runs and
/// retries find it there; and `runs` has a folder for each run, with one for each attempt.
package final class RunStorage: NodeStorage {
  private let store: ObjectStore
  /// The prefix of all runs.
  private let root: ObjectLocation
  /// The name of the run's folder.
  private let run: String
  private let known = KnownFiles()

  /// Creates the storage of a run.
  ///
  /// - Parameters:
  ///   - store: the storage.
  ///   - root: the common prefix of all runs.
  ///   - name: the name of the pipeline; the run's folder gets a name that no other has.
  package init(_ store: ObjectStore, _ root: ObjectLocation, name: String) {
    self.store = store
    self.root = root
    let time = wallClockNanoseconds() / 1_000_000_000
    run = "\(RunStorage.plain(name))-\(time)-\(hexadecimal(randomBytes(count: 4)))"
  }

  /// The folder of the run.
  package var place: ObjectLocation { root.appending("runs").appending(run) }

  /// Checks that the storage can be used, and that this machine may write there.
  ///
  /// - Parameter creates: whether to create the bucket if it does not exist.
  /// - Throws: `ObjectStorageError`.
  package func open(creating creates: Bool) async throws(ObjectStorageError) {
    if creates {
      try await store.createBucket(root.bucket)
    } else {
      // Some servers would create it with the first object.
      try await store.requireBucket(root.bucket)
    }
    try await store.put(
      JSONValue.object(["run": .init(run)]).serialized(),
      to: place.appending(ResultPieces.claimName))
  }

  package var settings: JSONObject {
    var settings = store.settingsElsewhere
    settings.certificateFile = certificateFile
    return settings.json.object ?? [:]
  }

  /// The settings with which this machine reaches the storage again, without credentials.
  package var settingsHere: JSONObject {
    var settings = store.settingsLater
    settings.certificateFile = certificateFile
    return settings.json.object ?? [:]
  }

  package var certificateFile: String? {
    store.settingsElsewhere.certificateFile.map(FilePath.absolute)
  }

  package func credentials() async throws(NodeStorageProblem) -> [String: String] {
    do throws(ObjectStorageError) {
      return try await store.credentials()?.variables ?? [:]
    } catch {
      throw NodeStorageProblem(error.description)
    }
  }

  package var exchange: FilesPlace {
    .object(bucket: root.bucket, key: place.appending("files").key)
  }

  package func place(for attempt: RunSubject) -> FilesPlace {
    let node = attempt.node
    let name = "\((node?.place ?? 0) + 1)-\(RunStorage.plain(node?.label ?? ""))"
    return .object(
      bucket: root.bucket, key: place.appending("\(name)-\(node?.attempt ?? 1)").key)
  }

  /// A name without what needs care in keys and URLs.
  private static func plain(_ name: String) -> String {
    let name = name.prefix(60).map { character in
      character.isASCII && (character.isLetter || character.isNumber || "-_.".contains(character))
        ? character : "_"
    }
    return String(name)
  }

  package func mirror(_ results: FilesPlace, into folder: String) -> any ResultsMirror {
    BucketMirror(BucketFeed(store, location(results)), into: folder)
  }

  private func location(_ place: FilesPlace) -> ObjectLocation {
    switch place {
    case .object(let bucket, let key): ObjectLocation(bucket: bucket, key: key)
    // Not a place that this storage has given.
    case .path(let path): root.appending(path)
    }
  }

  // MARK: To the nodes

  package func upload(_ paths: [String], of folder: String) async throws(NodeStorageProblem)
    -> [NodeDescription.Source]
  {
    do throws(ObjectStorageError) {
      let content = root.appending("files")
      let files = try await StoredFiles(store, content, known).upload(paths, of: folder)
      return files
    } catch {
      throw NodeStorageProblem(error.description)
    }
  }

  // MARK: From the nodes

  package func fetch(_ patterns: [ExchangePattern], from place: FilesPlace, into folder: String)
    async throws(NodeStorageProblem)
  {
    do throws(ObjectStorageError) {
      try await FetchedFiles(store.patient, known)
        .fetch(patterns, from: location(place), into: folder)
    } catch {
      throw NodeStorageProblem(error.description)
    }
  }
}

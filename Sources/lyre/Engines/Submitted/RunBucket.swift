import NodeResults
import ObjectStorage
import Pipelines
import RemoteEngines
import SystemSupport

/// What a run has left in its bucket.
struct RunBucket {
  private let store: ObjectStore
  private let place: ObjectLocation

  /// - Parameters:
  ///   - store: the storage.
  ///   - submission: the run, which has a bucket.
  init(_ store: ObjectStore, _ submission: Submission) {
    self.store = store
    place = ObjectLocation(bucket: submission.bucket ?? "", key: submission.prefix ?? "")
  }

  /// Where Lyre keeps events, logs and endings.
  private static let own = ".lyre/"

  /// The files that nodes have made: outputs, executed notebooks and their pages, logs of scripts.
  ///
  /// - Throws: `ObjectStorageError`.
  func files() async throws(ObjectStorageError) -> [RunFile] {
    let prefix = place.key + "/"
    var files: [RunFile] = []
    for object in try await store.list(ObjectLocation(bucket: place.bucket, key: prefix)).all() {
      let name = String(Substring(object.location.key.utf8.dropFirst(prefix.utf8.count)))
      if !name.hasPrefix(RunBucket.own), !name.hasSuffix("/"), !name.isEmpty {
        files.append(RunFile(name: name, size: object.size))
      }
    }
    return files.sorted { $0.name < $1.name }
  }

  /// Stores a file here.
  ///
  /// - Throws: `ObjectStorageError`.
  func fetch(_ file: RunFile, toFile path: String) async throws(ObjectStorageError) {
    try await store.get(place.appending(file.name), toFile: path)
  }

  /// The content of a file.
  ///
  /// - Throws: `ObjectStorageError`.
  func content(of name: String, maximum: Int) async throws(ObjectStorageError) -> [UInt8] {
    try await store.get(place.appending(name), maximum: maximum)
  }

  /// The notebook of a node with its results, from the engine's last start of the node that has one.
  ///
  /// - Parameter results: the key of the node's results.
  /// - Returns: nil if there is none.
  /// - Throws: `ObjectStorageError`.
  func notebook(_ results: String) async throws(ObjectStorageError) -> [UInt8]? {
    var found: [UInt8]?
    for start in 1...ResultPieces.mostStarts {
      let root = ObjectLocation(bucket: place.bucket, key: results)
      let folder = ResultPieces.folder(ofStart: start)
      let here = folder.isEmpty ? root : root.appending(folder)
      if let notebook = try await object(here.appending(NodeDescription.notebookName)) {
        found = notebook
      }
      guard try await store.head(here.appending(ResultPieces.claimName)) != nil else {
        return found
      }
    }
    return found
  }

  private func object(_ location: ObjectLocation) async throws(ObjectStorageError) -> [UInt8]? {
    do throws(ObjectStorageError) {
      return try await store.get(location, maximum: 1 << 30)
    } catch {
      guard error.kind == .noObject else { throw error }
      return nil
    }
  }
}

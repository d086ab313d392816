import ObjectStorage
import Pipelines
import SystemSupport

/// Brings what a node has left in a storage to this machine.
struct FetchedFiles: Sendable {
  private let store: ObjectStore
  private let known: KnownFiles
  private let most: Int

  /// - Parameters:
  ///   - store: the storage.
  ///   - known: gets what is fetched.
  ///   - most: how many objects there may be: who fills a bucket does not fill this program.
  init(_ store: ObjectStore, _ known: KnownFiles, most: Int = ObjectListing.most) {
    self.store = store
    self.known = known
    self.most = most
  }

  /// Fetches files, each of which appears when it is complete.
  ///
  /// - Parameters:
  ///   - patterns: which of them.
  ///   - place: the folder in the storage, in which they have their paths from `root`.
  ///   - root: an absolute folder.
  /// - Throws: `ObjectStorageError`: the first; the other files are there then. If there are too many
  ///   objects, none is.
  func fetch(
    _ patterns: [ExchangePattern], from place: ObjectLocation, into root: String
  ) async throws(ObjectStorageError) {
    let prefix = ObjectLocation(bucket: place.bucket, key: place.key + "/")
    var paths: [String] = []
    for object in try await store.list(prefix).all(most: most) {
      let path = String(Substring(object.location.key.utf8.dropFirst(prefix.key.utf8.count)))
      // What the node does not declare was put there by somebody else.
      guard !object.isPrefix, FilePath.isPlain(path),
        patterns.contains(where: { $0.selects(path) })
      else { continue }
      paths.append(path)
    }
    try await severalAtOnce(paths) { [prefix] (path) throws(ObjectStorageError) in
      try await fetch(
        ObjectLocation(bucket: prefix.bucket, key: prefix.key + path), to: "\(root)/\(path)")
    }
  }

  private func fetch(_ object: ObjectLocation, to path: String) async throws(ObjectStorageError) {
    let folder = FilePath.parts(path).directory
    do throws(SystemError) {
      try FilePath.makeDirectories(folder)
    } catch {
      throw ObjectStorageError(.file, "'\(folder)' cannot be created: \(error)")
    }
    try await store.get(object, toFile: path)
    if let signature = FileSignature(path) { known.add(path, signature, copyOf: object) }
  }
}

import JSONCore
import ObjectStorage
import Pipelines
import SystemSupport

/// Files in a bucket, below a prefix.
struct BucketStore: FileStore {
  private let store: ObjectStore
  private let root: ObjectLocation
  private let stop: NodeStop
  private let limit: NodeStop.Limit

  /// - Parameters:
  ///   - store: the object storage.
  ///   - root: an object, or the prefix of several.
  ///   - stop: ends transfers.
  ///   - limit: when it ends them.
  init(_ store: ObjectStore, _ root: ObjectLocation, _ stop: NodeStop, until limit: NodeStop.Limit)
  {
    self.store = store
    self.root = root
    self.stop = stop
    self.limit = limit
  }

  var place: FilesPlace { .object(bucket: root.bucket, key: root.key) }

  func paths(_ pattern: ExchangePattern) async throws(TransferProblem) -> [String] {
    if pattern.isPath, !pattern.path.isEmpty {
      let location = location(pattern.path)
      let object = try await inTime { [store] () throws(ObjectStorageError) in
        try await store.head(location)
      }
      if object != nil { return [pattern.path] }
    }
    let folder = pattern.isPath ? pattern.path : pattern.folder
    var found: [String] = []
    for key in try await keys(below: folder) {
      if let path = path(of: key), pattern.selects(path) { found.append(path) }
    }
    return found.sorted()
  }

  func fetch(_ path: String, into folder: WorkFolder, as target: String)
    async throws(TransferProblem)
  {
    let file = try folder.prepared(target)
    let location = location(path)
    try await inTime { [store] () throws(ObjectStorageError) in
      _ = try await store.get(location, toFile: file)
    }
  }

  func put(_ file: String, as path: String) async throws(TransferProblem) {
    let location = location(path)
    try await inTime { [patient] () throws(ObjectStorageError) in
      _ = try await patient.put(file: file, to: location)
    }
  }

  func put(_ bytes: [UInt8], as path: String) async throws(TransferProblem) {
    let location = location(path)
    try await inTime { [patient] () throws(ObjectStorageError) in
      _ = try await patient.put(bytes, to: location)
    }
  }

  /// What a node has made is lost if it cannot be stored.
  private var patient: ObjectStore { store.patient }

  /// The names of the files at the place, and of the folders in it, without a slash.
  func topNames() async throws(TransferProblem) -> Set<String> {
    let start = ObjectLocation(bucket: root.bucket, key: prefix)
    let keys = try await inTime { [store] () throws(ObjectStorageError) in
      try await store.list(start, delimiter: "/").all().map(\.location.key)
    }
    return Set(
      keys.map { key in
        let name = key.utf8.dropFirst(prefix.utf8.count)
        return String(Substring(name.last == UInt8(ascii: "/") ? name.dropLast() : name))
      })
  }

  func claim(_ path: String, _ bytes: [UInt8]) async throws(TransferProblem) -> Bool {
    if store.isGranted {
      // It was looked up before: such a store cannot list what is below, and puts without conditions.
      try await put(bytes, as: path)
      return true
    }
    guard try await isEmpty() else { return false }
    let location = location(path)
    return try await inTime { [store] () throws(ObjectStorageError) in
      var options = ObjectStore.PutOptions()
      options.condition = .absent
      do throws(ObjectStorageError) {
        _ = try await store.put(bytes, to: location, options)
        return true
      } catch {
        if error.kind == .condition { return false }
        guard error.status == 501 else { throw error }
        // A server without conditions: the list above must do.
        _ = try await store.put(bytes, to: location)
        return true
      }
    }
  }

  // MARK: Keys

  private func location(_ path: String) -> ObjectLocation {
    path.isEmpty ? root : root.appending(path)
  }

  /// The beginning of the keys below the root, with its slash.
  private var prefix: String {
    root.key.isEmpty || root.key.hasSuffix("/") ? root.key : root.key + "/"
  }

  /// The keys in a folder.
  private func keys(below folder: String) async throws(TransferProblem) -> [String] {
    let start = ObjectLocation(
      bucket: root.bucket, key: prefix + (folder.isEmpty ? "" : folder + "/"))
    return try await inTime { [store] () throws(ObjectStorageError) in
      try await store.list(start).all().filter { !$0.isPrefix }.map(\.location.key)
    }
  }

  /// Whether there is nothing below the root.
  private func isEmpty() async throws(TransferProblem) -> Bool {
    let start = ObjectLocation(bucket: root.bucket, key: prefix)
    return try await inTime { [store] () throws(ObjectStorageError) in
      for try await object in store.list(start) where !object.isPrefix { return false }
      return true
    }
  }

  /// The path of a key below the root; nil for the mark of a folder.
  private func path(of key: String) -> String? {
    guard key.hasPrefix(prefix), !key.hasSuffix("/") else { return nil }
    let path = String(Substring(key.utf8.dropFirst(prefix.utf8.count)))
    return path.isEmpty ? nil : path
  }

  // MARK: Time

  /// Does something until the time for it is over.
  private func inTime<Value: Sendable>(
    _ body: @escaping @Sendable () async throws(ObjectStorageError) -> Value
  ) async throws(TransferProblem) -> Value {
    do throws(ObjectStorageError) {
      let value = try await unless({ [stop, limit] in _ = await stop.wait(for: limit) }, body)
      if let value { return value }
    } catch {
      var problem = error.kind == .cancelled ? .stopped : TransferProblem("\(error)")
      problem.isMissing = error.kind == .noObject
      throw problem
    }
    throw .stopped
  }
}

import Glibc
import NodeResults
import ObjectStorage
import Pipelines
import RemoteEngines
import SystemSupport

/// What a run on Slurm has left whose nodes exchange files through a storage: their outputs, the
/// executed notebooks with their parameters, and the output of the nodes.
struct StoredRunFiles: RunFiles {
  private let outputs: RunBucket
  private let store: ObjectStore
  private let bucket: String
  /// The keys of the nodes' results, by the names of their tasks.
  private let results: [String: String]

  /// - Parameters:
  ///   - outputs: what the nodes have exchanged.
  ///   - store: the storage.
  ///   - submission: the run, which has a bucket.
  init(_ outputs: RunBucket, _ store: ObjectStore, _ submission: Submission) {
    self.outputs = outputs
    self.store = store
    bucket = submission.bucket ?? ""
    results = Dictionary(
      submission.nodes.compactMap { node in node.results.map { (node.task, $0) } }
    ) { first, _ in first }
  }

  func list() async throws(ExitRequest) -> [RunFile] {
    var files = try await outputs.list()
    for (task, key) in results.sorted(by: { $0.key < $1.key }) {
      let executed = ObjectLocation(bucket: bucket, key: "\(key)/\(NodeDescription.executedName)")
      let (notebook, pieces) = try await EngineFailure.reportedStorage {
        () throws(ObjectStorageError) in
        (try await store.head(executed), try await self.pieces(key))
      }
      if let size = notebook?.size, size > 0 {
        files.append(RunFile(name: "\(task)/\(NodeDescription.executedName)", size: size))
      }
      let size = pieces.reduce(0) { $0 + $1.size }
      if size > 0 { files.append(RunFile(name: "\(task)/\(NodeDescription.logName)", size: size)) }
    }
    return files
  }

  func fetch(_ file: RunFile, to path: String) async throws(ExitRequest) {
    switch own(file) {
    case .notebook(let location)?:
      try await EngineFailure.reportedStorage { () throws(ObjectStorageError) in
        _ = try await store.get(location, toFile: path)
      }
    case .log(let key)?: try await fetchLog(key, to: path)
    case nil: try await outputs.fetch(file, to: path)
    }
  }

  func isSame(_ file: RunFile, as path: String) async throws(ExitRequest) -> Bool {
    guard let own = own(file) else { return try await outputs.isSame(file, as: path) }
    guard let here = try? fileContent(path, maximum: file.size), here.count == file.size else {
      return false
    }
    return try await EngineFailure.reportedStorage { () throws(ObjectStorageError) in
      switch own {
      case .notebook(let location):
        return try await store.get(location, maximum: max(file.size, 1)) == here
      case .log(let key):
        var rest = here[...]
        for piece in try await pieces(key) {
          let bytes = try await store.get(piece.location, maximum: 2 * ResultPieces.size)
          guard rest.starts(with: bytes) else { return false }
          rest = rest.dropFirst(bytes.count)
        }
        return rest.isEmpty
      }
    }
  }

  private enum Own {
    case notebook(ObjectLocation)
    /// The key of the node's results.
    case log(String)
  }

  /// A file that is not among the outputs; nil for an output.
  private func own(_ file: RunFile) -> Own? {
    let parts = FilePath.parts(file.name)
    guard let key = results[parts.directory] else { return nil }
    switch parts.name {
    case NodeDescription.executedName:
      return .notebook(ObjectLocation(bucket: bucket, key: "\(key)/\(parts.name)"))
    case NodeDescription.logName: return .log(key)
    default: return nil
    }
  }

  /// The pieces of a node's log, in order.
  private func pieces(_ key: String) async throws(ObjectStorageError) -> [StoredObject] {
    let folder = ObjectLocation(bucket: bucket, key: "\(key)/\(ResultPieces.log.rawValue)/")
    return try await store.list(folder).all().filter { !$0.isPrefix }
      .sorted { $0.location.key < $1.location.key }
  }

  /// Stores a log, piece by piece; it appears when it is complete.
  private func fetchLog(_ key: String, to path: String) async throws(ExitRequest) {
    let part = "\(path).lyre-part"
    let descriptor = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o666)
    defer {
      if descriptor >= 0 { close(descriptor) }
      unlink(part)
    }
    func written(_ body: () throws(SystemError) -> Void) throws(ExitRequest) {
      do throws(SystemError) {
        try body()
      } catch {
        throw EngineFailure.report(EngineError(.file, "cannot be written: \(error)", place: path))
      }
    }
    try written { () throws(SystemError) in if descriptor < 0 { throw SystemError() } }
    let pieces = try await EngineFailure.reportedStorage { () throws(ObjectStorageError) in
      try await self.pieces(key)
    }
    for piece in pieces {
      let bytes = try await EngineFailure.reportedStorage { () throws(ObjectStorageError) in
        try await store.get(piece.location, maximum: 2 * ResultPieces.size)
      }
      try written { () throws(SystemError) in try writeAll(descriptor, bytes[...]) }
    }
    try written { () throws(SystemError) in
      guard rename(part, path) == 0 else { throw SystemError() }
    }
  }
}
